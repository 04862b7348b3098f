/**
 * The library's interface for C (tensorflow/c/c_api.h), called through koffi, which needs no compiler. It serves as the
 * addon does, with the same numbers.
 */
import { Bug } from '../../../diagnostic/bug.ts';
import type { Cluster } from '../../engines/cluster.ts';
import { serverDef, sessionConfig } from '../../engines/tensorflow/cluster-def.ts';
import { forGood } from '../../install/koffi.ts';
import type { Addon } from './addon.ts';

/** Whatever an address points to; null for none. */
type Address = object | bigint | null;

/** What netc uses of koffi 3.3.4. */
export type Koffi = {
  readonly load: (library: string) => {
    readonly func: (declaration: string) => (...given: readonly unknown[]) => unknown;
  };
  readonly struct: (name: string, members: { readonly [name: string]: string }) => unknown;
  readonly view: (address: Address, bytes: number) => ArrayBuffer;
};

/** The functions of the library that are called. */
const functionsOf = (koffi: Koffi, library: string) => {
  const open = koffi.load(forGood.library).func(forGood.declaration);
  if (open(library, forGood.flags) === null) throw new Error(`${library} cannot be opened`);
  koffi.struct('TF_Output', { operation: 'void *', index: 'int' });
  const loaded = koffi.load(library);
  const func = (declaration: string) => loaded.func(declaration);
  return {
    version: func('const char *TF_Version()'),
    newStatus: func('void *TF_NewStatus()'),
    deleteStatus: func('void TF_DeleteStatus(void *)'),
    code: func('int TF_GetCode(void *)'),
    message: func('const char *TF_Message(void *)'),
    newGraph: func('void *TF_NewGraph()'),
    deleteGraph: func('void TF_DeleteGraph(void *)'),
    operation: func('void *TF_GraphOperationByName(void *, const char *)'),
    newOptions: func('void *TF_NewSessionOptions()'),
    deleteOptions: func('void TF_DeleteSessionOptions(void *)'),
    setConfig: func('void TF_SetConfig(void *, const uint8_t *, size_t, void *)'),
    setTarget: func('void TF_SetTarget(void *, const char *)'),
    newServer: func('void *TF_NewServer(const uint8_t *, size_t, void *)'),
    startServer: func('void TF_ServerStart(void *, void *)'),
    serverTarget: func('const char *TF_ServerTarget(void *)'),
    newSession: func('void *TF_NewSession(void *, void *, void *)'),
    loadSession: func(
      'void *TF_LoadSessionFromSavedModel(void *, void *, const char *, const char **, int, void *, void *, void *)',
    ),
    closeSession: func('void TF_CloseSession(void *, void *)'),
    deleteSession: func('void TF_DeleteSession(void *, void *)'),
    run: func(
      'void TF_SessionRun(void *, void *, const TF_Output *, void **, int, const TF_Output *, _Out_ void **, int, void **, int, void *, void *)',
    ),
    devices: func('void *TF_SessionListDevices(void *, void *)'),
    deleteDevices: func('void TF_DeleteDeviceList(void *)'),
    deviceCount: func('int TF_DeviceListCount(void *)'),
    deviceType: func('const char *TF_DeviceListType(void *, int, void *)'),
    allocate: func('void *TF_AllocateTensor(int, const int64_t *, int, size_t)'),
    data: func('void *TF_TensorData(void *)'),
    bytes: func('size_t TF_TensorByteSize(void *)'),
    deleteTensor: func('void TF_DeleteTensor(void *)'),
  };
};

/** An address that a function has given. */
const addressIn = (given: unknown): Address => {
  if (given === null || typeof given === 'object' || typeof given === 'bigint') return given;
  throw new Bug(`koffi gives ${typeof given} for an address`);
};

/** Things under numbers of their own. */
const numbered = <A>(what: string) => {
  const all = new Map<number, A>();
  let next = 1;
  const at = (id: number): A => {
    const found = all.get(id);
    if (found === undefined) throw new Bug(`there is no ${what} ${id}`);
    return found;
  };
  return {
    add: (thing: A): number => {
      all.set(next, thing);
      return next++;
    },
    at,
    take: (id: number): A => {
      const found = at(id);
      all.delete(id);
      return found;
    },
  };
};

/** The functions of the library that is open. */
type Functions = ReturnType<typeof functionsOf>;

/** Calls with a status, whose fault is thrown. */
type Checked = (call: (status: Address) => unknown) => unknown;

const checkedOn =
  (c: Functions): Checked =>
  (call) => {
    const status = addressIn(c.newStatus());
    try {
      const made = call(status);
      if (c.code(status) !== 0) throw new Error(String(c.message(status)));
      return made;
    } finally {
      c.deleteStatus(status);
    }
  };

/** A session, and the graph that it runs. */
type Opened = { readonly session: Address; readonly graph: Address };

/** Where sessions run, in place of this process by itself, and how. */
type Target = { readonly target: string; readonly config: Uint8Array };

/** Starts the server of this worker, which goes on until the process ends: TensorFlow cannot stop one. */
const served = (c: Functions, checked: Checked, cluster: Cluster): Target => {
  const def = serverDef(cluster);
  const server = addressIn(checked((status) => c.newServer(def, def.length, status)));
  checked((status) => c.startServer(server, status));
  return { target: String(c.serverTarget(server)), config: sessionConfig(cluster) };
};

/** Opens sessions and closes them. */
const sessionsOn = (c: Functions, checked: Checked, on: Target | undefined) => {
  /** A session on a new graph, `made` of options for it. */
  const open = (made: (graph: Address, options: Address) => unknown): Opened => {
    const [graph, options] = [addressIn(c.newGraph()), addressIn(c.newOptions())];
    try {
      return { graph, session: addressIn(made(graph, options)) };
    } catch (thrown) {
      c.deleteGraph(graph);
      throw thrown;
    } finally {
      c.deleteOptions(options);
    }
  };
  const close = ({ session, graph }: Opened): void => {
    checked((status) => c.closeSession(session, status));
    checked((status) => c.deleteSession(session, status));
    c.deleteGraph(graph);
  };
  return {
    close,
    /** of a SavedModel in a folder */
    load: (folder: string, tags: readonly string[]): Opened =>
      open((graph, options) => {
        if (on !== undefined) {
          checked((s) => c.setConfig(options, on.config, on.config.length, s));
          c.setTarget(options, on.target);
        }
        return checked((s) =>
          c.loadSession(options, null, folder, tags, tags.length, graph, null, s),
        );
      }),
    /** the kinds of devices that there are: `CPU`, `GPU` */
    deviceTypes: (): readonly string[] => {
      const empty = open((graph, options) => checked((s) => c.newSession(graph, options, s)));
      const list = addressIn(checked((status) => c.devices(empty.session, status)));
      const types = Array.from({ length: Number(c.deviceCount(list)) }, (_, i) =>
        String(checked((status) => c.deviceType(list, i, status))),
      );
      c.deleteDevices(list);
      close(empty);
      return types;
    },
  };
};

/** Tensors under numbers, with their bits. */
const tensorsOn = (koffi: Koffi, c: Functions) => {
  const all = numbered<Address>('tensor');
  return {
    ...all,
    create: (shape: readonly number[], type: number, bits: Int32Array): number => {
      const tensor = addressIn(c.allocate(type, [...shape], shape.length, bits.byteLength));
      if (tensor === null) throw new Error(`OOM when allocating a tensor of [${shape.join()}]`);
      if (bits.length > 0)
        new Int32Array(koffi.view(addressIn(c.data(tensor)), bits.byteLength)).set(bits);
      return all.add(tensor);
    },
    read: (id: number): Float32Array<ArrayBuffer> => {
      const tensor = all.at(id);
      const bytes = Number(c.bytes(tensor));
      if (bytes === 0) return new Float32Array(0);
      return new Float32Array(koffi.view(addressIn(c.data(tensor)), bytes)).slice();
    },
  };
};

/** A model, and where each name stands in it. */
type Model = Opened & { readonly operations: Map<string, Address> };

/** The end `name:0` of a model, as `TF_Output` has it. */
const endIn = (c: Functions, { graph, operations }: Model, end: string) => {
  const [name = '', index = '0'] = end.split(':');
  const operation = operations.get(name) ?? addressIn(c.operation(graph, name));
  if (operation === null) throw new Bug(`a model has no ${name}`);
  operations.set(name, operation);
  return { operation, index: Number(index) };
};

const words = (list: string): readonly string[] => list.split(',').filter((word) => word !== '');

/** The library at a path, as the addon would have it; in a cluster, which the addon cannot, on the server of a worker. */
export const addonThrough = (
  koffi: Koffi,
  library: string,
  cluster: Cluster | undefined,
): Addon => {
  const c = functionsOf(koffi, library);
  const checked = checkedOn(c);
  const on = cluster && served(c, checked, cluster);
  const sessions = sessionsOn(c, checked, on);
  const tensors = tensorsOn(koffi, c);
  const models = numbered<Model>('model');
  return {
    TF_Version: String(c.version()),
    isUsingGpuDevice: () => sessions.deviceTypes().includes('GPU'),
    createTensor: tensors.create,
    deleteTensor: (id) => void c.deleteTensor(tensors.take(id)),
    tensorDataSync: tensors.read,
    loadSavedModel: (folder, tags) =>
      models.add({ ...sessions.load(folder, words(tags)), operations: new Map() }),
    deleteSavedModel: (id) => sessions.close(models.take(id)),
    runSavedModel: (id, fed, inputs, outputs) => {
      const model = models.at(id);
      const ends = (list: string) => words(list).map((end) => endIn(c, model, end));
      const [given, wanted] = [ends(inputs), ends(outputs)];
      const values = fed.map(tensors.at);
      const made: unknown[] = wanted.map(() => null);
      checked((status) =>
        c.run(
          ...[model.session, null, given, values, given.length],
          ...[wanted, made, wanted.length, null, 0, null, status],
        ),
      );
      return made.map((tensor) => ({ id: tensors.add(addressIn(tensor)) }));
    },
  };
};
