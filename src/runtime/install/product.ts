/** What netc can install, each in a folder of netc's cache. */

/** By the word on the command line, which is that folder's name too. */
export const productNames = ['tensorflow', 'webgpu'] as const;

export type ProductName = (typeof productNames)[number];

export type Product = {
  readonly name: ProductName;
  readonly title: string;
  /** the only one that netc uses: another one may compute other numbers, or have another interface */
  readonly version: string;
};

/** TensorFlow's own library, and what calls it. */
export const tensorflow: Product = { name: 'tensorflow', title: 'TensorFlow', version: '2.21.0' };

/** Dawn as an addon of Node: the package `webgpu`, and the kernels of TensorFlow.js for it. */
export const webgpu: Product = { name: 'webgpu', title: 'WebGPU', version: '0.6.2' };

/** The package that has those kernels. */
export const backendOfWebgpu = { name: '@tensorflow/tfjs-backend-webgpu', version: '4.22.0' };

/** TensorFlow for the processor alone, or for NVIDIA GPUs too. */
export type Variant = 'cpu' | 'cuda';

/** A product as it is installed on one machine. */
export type Build = {
  readonly product: Product;
  readonly folder: string; // within the product's: `2.21.0-cpu`
  readonly title: string;
};

/** What a build is for. */
export const forWhat: { readonly [V in Variant]: string } = {
  cpu: 'for the CPU',
  cuda: 'for NVIDIA GPUs',
};

/** TensorFlow as it is installed. */
export type TensorflowBuild = Build & { readonly variant: Variant };

export const tensorflowBuild = (variant: Variant): TensorflowBuild => ({
  variant,
  product: tensorflow,
  folder: `${tensorflow.version}-${variant}`,
  title: `${tensorflow.title} ${tensorflow.version} ${forWhat[variant]}`,
});

export const webgpuBuild: Build = {
  product: webgpu,
  folder: webgpu.version,
  title: `${webgpu.title} (Dawn ${webgpu.version})`,
};

/** Builds of TensorFlow, the preferred one first: that for GPUs computes on the processor too, and whoever has it wants it. */
export const tensorflowBuilds = [tensorflowBuild('cuda'), tensorflowBuild('cpu')] as const;

/** Each product with its builds, the preferred one first. */
export const products: {
  readonly [Name in ProductName]: {
    readonly product: Product;
    readonly builds: readonly [Build, ...(readonly Build[])];
  };
} = {
  tensorflow: { product: tensorflow, builds: tensorflowBuilds },
  webgpu: { product: webgpu, builds: [webgpuBuild] },
};
