/**
 * The library's interface for C (tensorflow/c/c_api.h), called through koffi, which needs no compiler. It serves as the
 * addon does, with the same numbers.
 */
import { Bug } from '../../../diagnostic/bug.ts';
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

/** A model with its session, and where each name stands in it. */
type Model = {
  readonly session: Address;
  readonly graph: Address;
  readonly operations: Map<string, Address>;
};

const words = (list: string): readonly string[] => list.split(',').filter((word) => word !== '');

/** The library at a path, as the addon would have it. */
export const addonThrough = (koffi: Koffi, library: string): Addon => {
  const c = functionsOf(koffi, library);
  const tensors = numbered<Address>('tensor');
  const models = numbered<Model>('model');

  /** Calls with a status, whose fault is thrown. */
  const checked = (call: (status: Address) => unknown): unknown => {
    const status = addressIn(c.newStatus());
    try {
      const made = call(status);
      if (c.code(status) !== 0) throw new Error(String(c.message(status)));
      return made;
    } finally {
      c.deleteStatus(status);
    }
  };

  /** Works with options, a graph, or both, that are deleted afterwards unless the work is to keep the graph. */
  const withOptions = <A>(work: (options: Address) => A): A => {
    const options = addressIn(c.newOptions());
    try {
      return work(options);
    } finally {
      c.deleteOptions(options);
    }
  };
  const orDeleted = <A>(graph: Address, work: () => A): A => {
    try {
      return work();
    } catch (thrown) {
      c.deleteGraph(graph);
      throw thrown;
    }
  };
  const close = ({ session, graph }: Pick<Model, 'session' | 'graph'>): void => {
    checked((status) => c.closeSession(session, status));
    checked((status) => c.deleteSession(session, status));
    c.deleteGraph(graph);
  };

  const deviceTypes = (): readonly string[] => {
    const graph = addressIn(c.newGraph());
    const session = orDeleted(graph, () =>
      withOptions((options) => addressIn(checked((s) => c.newSession(graph, options, s)))),
    );
    const list = addressIn(checked((status) => c.devices(session, status)));
    const types = Array.from({ length: Number(c.deviceCount(list)) }, (_, i) =>
      String(checked((status) => c.deviceType(list, i, status))),
    );
    c.deleteDevices(list);
    close({ session, graph });
    return types;
  };

  const endIn = ({ graph, operations }: Model, end: string) => {
    const [name = '', index = '0'] = end.split(':');
    const known = operations.get(name);
    const operation = known ?? addressIn(c.operation(graph, name));
    if (operation === null) throw new Bug(`a model has no ${name}`);
    operations.set(name, operation);
    return { operation, index: Number(index) };
  };

  return {
    TF_Version: String(c.version()),
    isUsingGpuDevice: () => deviceTypes().includes('GPU'),
    createTensor: (shape, type, data) => {
      const tensor = addressIn(c.allocate(type, [...shape], shape.length, data.byteLength));
      if (tensor === null) throw new Error(`OOM when allocating a tensor of [${shape.join()}]`);
      if (data.length > 0)
        new Int32Array(koffi.view(addressIn(c.data(tensor)), data.byteLength)).set(data);
      return tensors.add(tensor);
    },
    deleteTensor: (id) => void c.deleteTensor(tensors.take(id)),
    tensorDataSync: (id) => {
      const tensor = tensors.at(id);
      const bytes = Number(c.bytes(tensor));
      if (bytes === 0) return new Float32Array(0);
      return new Float32Array(koffi.view(addressIn(c.data(tensor)), bytes)).slice();
    },
    loadSavedModel: (folder, tags) => {
      const graph = addressIn(c.newGraph());
      const all = words(tags);
      const session = orDeleted(graph, () =>
        withOptions((options) =>
          checked((s) => c.loadSession(options, null, folder, all, all.length, graph, null, s)),
        ),
      );
      return models.add({ graph, session: addressIn(session), operations: new Map() });
    },
    deleteSavedModel: (id) => close(models.take(id)),
    runSavedModel: (id, fed, inputs, outputs) => {
      const model = models.at(id);
      const given = words(inputs).map((end) => endIn(model, end));
      const wanted = words(outputs).map((end) => endIn(model, end));
      const values = fed.map((tensor) => tensors.at(tensor));
      const made: unknown[] = wanted.map(() => null);
      const counts = [given.length, wanted.length] as const;
      checked((status) =>
        c.run(
          ...[model.session, null, given, values, counts[0]],
          ...[wanted, made, counts[1], null, 0, null, status],
        ),
      );
      return made.map((tensor) => ({ id: tensors.add(addressIn(tensor)) }));
    },
  };
};
