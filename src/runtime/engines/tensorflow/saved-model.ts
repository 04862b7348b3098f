/**
 * A graph as the file `saved_model.pb` of a SavedModel: protocol buffers, of which only the fields are written that
 * TensorFlow's loader reads (tensorflow/core/protobuf/saved_model.proto and what it imports).
 */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { text, whole, within } from './messages.ts';
import { dataTypes, typeOf, type Attribute, type NodeDef } from './node.ts';

/** The fields that netc writes, by their numbers in the `.proto` files. */
const fields = {
  savedModel: { version: 1, graphs: 2 },
  metaGraph: { info: 1, graph: 2 },
  info: { tags: 4, tensorflow: 5 },
  graph: { nodes: 1, versions: 4 },
  versions: { producer: 1, minConsumer: 2 },
  node: { name: 1, op: 2, input: 3, attributes: 5 },
  entry: { key: 1, value: 2 },
  attribute: { list: 1, text: 2, integer: 3, real: 4, flag: 5, type: 6, shape: 7, tensor: 8 },
  list: { integers: 3 },
  shape: { dimension: 2 },
  dimension: { size: 1 },
  tensor: { type: 1, shape: 2, content: 4 },
} as const;

/** The tag under which a SavedModel's only graph is found. */
export const servingTag = 'serve';

/** The version of the graph format that netc writes, and the oldest reader of it: those of TensorFlow 2.21. */
const versions = { producer: 1882, oldest: 12, tensorflow: '2.21.0' } as const;

const writeShape = (shape: readonly number[]) => (to: BinaryWriter) => {
  for (const size of shape)
    within(to, fields.shape.dimension, (of) => whole(of, fields.dimension.size, size));
};

const writeAttribute = (attribute: Attribute) => (to: BinaryWriter) => {
  const field = fields.attribute;
  if ('type' in attribute) to.tag(field.type, WireType.Varint).int32(dataTypes[attribute.type]);
  else if ('text' in attribute) text(to, field.text, attribute.text);
  else if ('integer' in attribute) whole(to, field.integer, attribute.integer);
  else if ('real' in attribute) to.tag(field.real, WireType.Bit32).float(attribute.real);
  else if ('flag' in attribute) to.tag(field.flag, WireType.Varint).bool(attribute.flag);
  else if ('shape' in attribute) within(to, field.shape, writeShape(attribute.shape));
  else if ('integers' in attribute)
    within(to, field.list, (list) => {
      for (const n of attribute.integers) whole(list, fields.list.integers, n);
    });
  else {
    const { shape, data } = attribute.tensor;
    within(to, field.tensor, (of) => {
      of.tag(fields.tensor.type, WireType.Varint).int32(dataTypes[typeOf(data)]);
      within(of, fields.tensor.shape, writeShape(shape));
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      of.tag(fields.tensor.content, WireType.LengthDelimited).bytes(bytes);
    });
  }
};

const writeNode =
  ({ name, op, inputs, attributes }: NodeDef) =>
  (to: BinaryWriter) => {
    text(to, fields.node.name, name);
    text(to, fields.node.op, op);
    for (const input of inputs) text(to, fields.node.input, input);
    for (const [key, value] of Object.entries(attributes))
      within(to, fields.node.attributes, (entry) => {
        text(entry, fields.entry.key, key);
        within(entry, fields.entry.value, writeAttribute(value));
      });
  };

/** The bytes of `saved_model.pb` for these nodes. */
export const savedModel = (nodes: readonly NodeDef[]): Uint8Array<ArrayBuffer> => {
  const to = new BinaryWriter();
  whole(to, fields.savedModel.version, 1);
  within(to, fields.savedModel.graphs, (meta) => {
    within(meta, fields.metaGraph.info, (info) => {
      text(info, fields.info.tags, servingTag);
      text(info, fields.info.tensorflow, versions.tensorflow);
    });
    within(meta, fields.metaGraph.graph, (graph) => {
      for (const node of nodes) within(graph, fields.graph.nodes, writeNode(node));
      within(graph, fields.graph.versions, (of) => {
        of.tag(fields.versions.producer, WireType.Varint).int32(versions.producer);
        of.tag(fields.versions.minConsumer, WireType.Varint).int32(versions.oldest);
      });
    });
  });
  return to.finish();
};
