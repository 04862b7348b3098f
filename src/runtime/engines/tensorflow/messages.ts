/** Fields of protocol buffers. */
import { WireType, type BinaryWriter } from '@bufbuild/protobuf/wire';

/** A message within a message. */
export const within = (
  to: BinaryWriter,
  field: number,
  write: (to: BinaryWriter) => void,
): void => {
  to.tag(field, WireType.LengthDelimited).fork();
  write(to);
  to.join();
};

export const text = (to: BinaryWriter, field: number, value: string): BinaryWriter =>
  to.tag(field, WireType.LengthDelimited).string(value);

/** A whole number; of a flag, 0 or 1. */
export const whole = (to: BinaryWriter, field: number, value: number): BinaryWriter =>
  to.tag(field, WireType.Varint).int64(value);
