/** One record, several edges: SARIF for code hosts, annotations for GitHub. */
import { expect, it } from 'vitest';
import { githubAnnotations } from '../../src/diagnostic/machine/github.ts';
import { sarif } from '../../src/diagnostic/machine/sarif.ts';
import { check } from '../programs.ts';

const { program, found } = check(
  'net N : [8, 8, 3] -> _ {\n  conv3-4 -- 100%, a: "b"\n  batchnorm-5\n}\n',
);
const sources = new Map([...program.files].map(([path, file]) => [path, file.source]));

it('writes annotations', () => {
  expect(githubAnnotations(found, sources)).toMatchInlineSnapshot(`
    "::error file=test.net,line=3,endLine=3,col=3,endColumn=14,title=E0210::\`batchnorm\` expects 5 channels, but its input has 4%0Asize trace: input [8, 8, 3] → conv3-4 [8, 8, 4]%0Afix: write \`batchnorm-4\`%0Afix: write \`batchnorm\`, which takes the channels as they come
    "
  `);
});

it('writes SARIF', () => {
  expect(sarif(found, sources, '0.1.0')).toMatchInlineSnapshot(`
    {
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
      "runs": [
        {
          "columnKind": "utf16CodeUnits",
          "results": [
            {
              "fixes": [
                {
                  "artifactChanges": [
                    {
                      "artifactLocation": {
                        "uri": "test.net",
                      },
                      "replacements": [
                        {
                          "deletedRegion": {
                            "endColumn": 14,
                            "endLine": 3,
                            "startColumn": 3,
                            "startLine": 3,
                          },
                          "insertedContent": {
                            "text": "batchnorm-4",
                          },
                        },
                      ],
                    },
                  ],
                  "description": {
                    "text": "write \`batchnorm-4\`",
                  },
                },
                {
                  "artifactChanges": [
                    {
                      "artifactLocation": {
                        "uri": "test.net",
                      },
                      "replacements": [
                        {
                          "deletedRegion": {
                            "endColumn": 14,
                            "endLine": 3,
                            "startColumn": 3,
                            "startLine": 3,
                          },
                          "insertedContent": {
                            "text": "batchnorm",
                          },
                        },
                      ],
                    },
                  ],
                  "description": {
                    "text": "write \`batchnorm\`, which takes the channels as they come",
                  },
                },
              ],
              "level": "error",
              "locations": [
                {
                  "message": {
                    "text": "expects \`[_, _, 5]\`, gets \`[8, 8, 4]\`",
                  },
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "test.net",
                    },
                    "region": {
                      "endColumn": 14,
                      "endLine": 3,
                      "startColumn": 3,
                      "startLine": 3,
                    },
                  },
                },
              ],
              "message": {
                "text": "\`batchnorm\` expects 5 channels, but its input has 4
    size trace: input [8, 8, 3] → conv3-4 [8, 8, 4]",
              },
              "relatedLocations": [
                {
                  "id": 0,
                  "message": {
                    "text": "4 channels are made here",
                  },
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "test.net",
                    },
                    "region": {
                      "endColumn": 10,
                      "endLine": 2,
                      "startColumn": 3,
                      "startLine": 2,
                    },
                  },
                },
              ],
              "ruleId": "E0210",
              "ruleIndex": 0,
            },
          ],
          "tool": {
            "driver": {
              "name": "netc",
              "rules": [
                {
                  "id": "E0210",
                  "shortDescription": {
                    "text": "a batch norm expects other channels",
                  },
                },
              ],
              "version": "0.1.0",
            },
          },
        },
      ],
      "version": "2.1.0",
    }
  `);
});
