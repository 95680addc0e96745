import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE_LENGTH = 8;
/** Length, type and checksum of a chunk, beside its data. */
const CHUNK_FRAME = 12;

/** The same picture in fewer bytes: browsers compress theirs in a hurry. */
export function smallerPng(png: Buffer): Buffer {
  const chunks: { readonly type: string; readonly data: Buffer }[] = [];
  for (let at = SIGNATURE_LENGTH; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const data = png.subarray(at + 8, at + 8 + length);
    chunks.push({ type: png.toString("latin1", at + 4, at + 8), data });
    at += length + CHUNK_FRAME;
  }
  const pixels = inflateSync(
    Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data)),
  );
  const packed = { type: "IDAT", data: deflateSync(pixels, { level: 9, memLevel: 9 }) };
  const first = chunks.findIndex(({ type }) => type === "IDAT");
  const others = chunks.filter(({ type }) => type !== "IDAT");
  const written = [...others.slice(0, first), packed, ...others.slice(first)].map(chunk);
  return Buffer.concat([png.subarray(0, SIGNATURE_LENGTH), ...written]);
}

function chunk({ type, data }: { readonly type: string; readonly data: Buffer }): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(4);
  frame.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([frame, named, checksum]);
}
