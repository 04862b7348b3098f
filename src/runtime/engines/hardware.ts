/** What an engine computes on. */

/** A GPU, or a program that plays one. */
export type Gpu = {
  readonly tag: 'gpu';
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly api: string; // `Vulkan`
  readonly software: boolean;
  readonly features: readonly string[];
};

export type Hardware = { readonly tag: 'cpu'; readonly threads: number } | Gpu;

/** `2 threads`; `nvidia-h200 by Vulkan`; `llvmpipe by Vulkan, in software` */
export const hardwareText = (on: Hardware): string => {
  if (on.tag === 'cpu') return on.threads === 1 ? '1 thread' : `${on.threads} threads`;
  const by = on.api === '' ? '' : ` by ${on.api}`;
  return `${on.name}${by}${on.software ? ', in software' : ''}`;
};
