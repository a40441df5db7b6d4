import { crc32 } from "node:zlib";
import type { Random } from "./random.ts";
import type { Kind, Seed } from "./seeds.ts";

type Mutation = (bytes: Buffer, random: Random, others: readonly Seed[]) => Buffer;

const NUMBERS = [
  "0",
  "-1",
  "1",
  "255",
  "65535",
  "65536",
  "2147483647",
  "2147483648",
  "-2147483648",
  "4294967296",
  "99999999999999999999",
  "1e9",
  "0.0000001",
  "NaN",
  "Infinity",
];
const STRANGE = [
  "\0",
  "\u202e",
  "\u200b",
  "\ufeff",
  "\ud83d\ude00",
  "[",
  "*",
  "|",
  "`",
  "<",
  "\\",
  "\n\n",
  "\t",
  "^a$",
  "\u0301",
  "~~~",
  "- ",
];

/** A part of the bytes that holds at least one. */
function part(bytes: Buffer, random: Random, most = bytes.length): [start: number, end: number] {
  const start = random.int(bytes.length);
  return [start, Math.min(bytes.length, start + 1 + random.int(most))];
}

function insert(bytes: Buffer, at: number, what: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), what, bytes.subarray(at)]);
}

function remove(bytes: Buffer, start: number, end: number): Buffer {
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
}

const flipBits: Mutation = (bytes, random) => {
  const changed = Buffer.from(bytes);
  for (let count = 1 + random.int(16); count > 0; count--) {
    const at = random.int(changed.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << random.int(8));
  }
  return changed;
};
const overwrite: Mutation = (bytes, random) => {
  const changed = Buffer.from(bytes);
  const [start, end] = part(bytes, random, 64);
  changed.fill(random.pick([0, 0xff, 0x20, 0x80, 0x5b]), start, end);
  return changed;
};
const deleteBlock: Mutation = (bytes, random) => remove(bytes, ...part(bytes, random, Math.ceil(bytes.length / 4)));
const repeatBlock: Mutation = (bytes, random) => {
  const [start, end] = part(bytes, random, 400);
  const block = bytes.subarray(start, end);
  return insert(bytes, end, Buffer.concat(Array.from({ length: random.pick([1, 2, 50, 500]) }, () => block)));
};
const moveBlock: Mutation = (bytes, random) => {
  const [start, end] = part(bytes, random, 600);
  const rest = remove(bytes, start, end);
  return insert(rest, random.int(rest.length + 1), bytes.subarray(start, end));
};
const truncate: Mutation = (bytes, random) => bytes.subarray(0, random.int(bytes.length));
const insertNoise: Mutation = (bytes, random) => insert(bytes, random.int(bytes.length), random.bytes(1 + random.int(300)));
const splice: Mutation = (bytes, random, others) => {
  const { content } = random.pick(others);
  const [start, end] = part(content, random);
  return insert(bytes, random.int(bytes.length), content.subarray(start, end));
};
/** Numbers as files hold them in two and four bytes. */
const editWord: Mutation = (bytes, random) => {
  const changed = Buffer.from(bytes);
  const at = random.int(Math.max(1, Math.min(changed.length - 4, 400)));
  changed.writeUInt32BE(random.pick([0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x0000ffff, 0x00010000, 0x01000000]), at);
  return changed;
};

function replaceOne(bytes: Buffer, what: RegExp, random: Random, by: (found: string) => string): Buffer {
  const text = bytes.toString("latin1");
  const found = [...text.matchAll(what)];
  if (found.length === 0) return bytes;
  const { 0: old, index } = random.pick(found);
  return Buffer.from(text.slice(0, index) + by(old) + text.slice(index + old.length), "latin1");
}

const editNumber: Mutation = (bytes, random) => replaceOne(bytes, /\b\d+(\.\d+)?\b/g, random, () => random.pick(NUMBERS));
const swapNames: Mutation = (bytes, random) => {
  const names = bytes.toString("latin1").match(/\/[A-Z][A-Za-z0-9]+/g) ?? ["/X"];
  return replaceOne(bytes, /\/[A-Z][A-Za-z0-9]+/g, random, () => random.pick(names));
};
const redirect: Mutation = (bytes, random) => replaceOne(bytes, /\b\d+ 0 R\b/g, random, () => `${random.int(12)} 0 R`);
const dropDelimiter: Mutation = (bytes, random) =>
  replaceOne(bytes, /<<|>>|\[|\]|\(|\)|endobj|endstream|stream|obj\b|Tj|ET|BT/g, random, () => "");

/** Where a PNG's chunks begin. */
function pngChunks(bytes: Buffer): number[] {
  const starts: number[] = [];
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) starts.push(at);
  return starts;
}

/** Changes a chunk's content and signs it anew, so that it is believed. */
const editChunk: Mutation = (bytes, random) => {
  const changed = Buffer.from(bytes);
  const at = random.pick(pngChunks(changed));
  const length = changed.readUInt32BE(at);
  for (let count = 1 + random.int(4); count > 0 && length > 0; count--)
    changed[at + 8 + random.int(Math.min(length, 40))] = random.int(256);
  changed.writeUInt32BE(crc32(changed.subarray(at + 4, at + 8 + length)), at + 8 + length);
  return changed;
};
const repeatChunk: Mutation = (bytes, random) => {
  const at = random.pick(pngChunks(bytes));
  const end = at + 12 + bytes.readUInt32BE(at);
  return insert(bytes, end, Buffer.concat(Array.from({ length: random.pick([1, 2, 100]) }, () => bytes.subarray(at, end))));
};

/** Where a JPEG's segments begin, up to its first scan. */
function jpegSegments(bytes: Buffer): number[] {
  const starts: number[] = [];
  for (let at = 2; at + 4 < bytes.length && bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    starts.push(at);
    if (bytes[at + 1] === 0xda) break;
  }
  return starts;
}

const editSegment: Mutation = (bytes, random) => {
  const changed = Buffer.from(bytes);
  const at = random.pick(jpegSegments(changed));
  for (let count = 1 + random.int(4); count > 0; count--) changed[at + 2 + random.int(20)] = random.int(256);
  return changed;
};
const dropSegment: Mutation = (bytes, random) => {
  const at = random.pick(jpegSegments(bytes));
  return remove(bytes, at, at + 2 + bytes.readUInt16BE(at + 2));
};

/** One field of one entry of a TIFF's first directory. */
const editEntry: Mutation = (bytes, random) => {
  const changed = Buffer.from(bytes);
  const directory = changed.readUInt32LE(4);
  const count = changed.readUInt16LE(directory);
  const entry = directory + 2 + random.int(count) * 12;
  if (entry + 12 > changed.length) return changed;
  const value = random.pick([0, 1, 8, 255, 65_535, 0x7fffffff, 0xffffffff, changed.length]);
  random.pick([
    () => changed.writeUInt16LE(value & 0xffff, entry + 2),
    () => changed.writeUInt32LE(value, entry + 4),
    () => changed.writeUInt32LE(value, entry + 8),
  ])();
  return changed;
};

const insertStrange: Mutation = (bytes, random) => {
  const strange = Buffer.from(random.pick(STRANGE).repeat(random.pick([1, 3, 200, 3000])));
  return insert(bytes, random.int(bytes.length), strange);
};

const EVERYWHERE: readonly Mutation[] = [flipBits, overwrite, deleteBlock, repeatBlock, moveBlock, truncate, insertNoise, splice];
const OF_KIND: Readonly<Record<Kind, readonly Mutation[]>> = {
  PDF: [editNumber, editNumber, editNumber, swapNames, swapNames, redirect, redirect, dropDelimiter],
  PNG: [editChunk, editChunk, editChunk, repeatChunk, editWord],
  JPEG: [editSegment, editSegment, editSegment, dropSegment, editWord],
  TIFF: [editEntry, editEntry, editEntry, editWord],
  WebP: [editWord],
  text: [insertStrange, insertStrange, insertStrange, editNumber],
};

/** The seed, made bad in one to four ways. */
export function mutate(seed: Seed, random: Random, others: readonly Seed[]): Buffer {
  const choices = [...EVERYWHERE, ...OF_KIND[seed.kind]];
  let bytes = seed.content;
  for (let count = 1 + random.int(4); count > 0 && bytes.length > 0; count--) {
    try {
      bytes = random.pick(choices)(bytes, random, others);
    } catch (error) {
      // It was too bad already to be taken apart for this change.
      if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    }
  }
  return bytes;
}
