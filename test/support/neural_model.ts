import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/**
 * A neural model that was not trained but written down: a transformer of one layer whose only attention looks from each place
 * of the target at the same place of the source, and says the word there in the other language. Marian runs it as any other.
 */
export interface WordByWord {
  readonly source: string;
  readonly target: string;
  /** Words and signs of the source, and the target's. Together at most 62 different ones. */
  readonly words: Readonly<Record<string, string>>;
}

/** Of each word's state. Positions are a sine in the first half and a cosine in the second, slower with each dimension. */
const DIMENSION = 256;
/** Here states say which word it is: what positions add is least. */
const WORDS_FROM = 64;
const PIECES = 64;
/** Here they say where it is, and this much must the right place stand out. */
const PLACES = Array.from({ length: 20 }, (_, index) => [index, DIMENSION / 2 + index]).flat();
const SHARPNESS = 8;
/** So much louder is what attention says than the word before. */
const LOUDNESS = 4;

/** As models for browsers are kept: small whole numbers, with scales, and with a list of the words that each may become. */
const KEPT = { quantised: "intgemm.alphas.bin", floats: "bin" };

/** Writes its files into `folder`, by the names that such models have. */
export async function writeModel(folder: string, model: WordByWord, kept: keyof typeof KEPT = "quantised"): Promise<void> {
  const pair = `${model.source}${model.target}`;
  const pieces = [...new Set([...Object.keys(model.words), ...Object.values(model.words)])].map(pieceOf);
  const vocabulary = ["</s>", "<unk>", ...pieces];
  const padded = [...vocabulary, ...Array.from({ length: PIECES - vocabulary.length }, (_, index) => `▁unused${index}`)];
  const idOf = (word: string) => padded.indexOf(pieceOf(word));
  const translated = new Map(Object.entries(model.words).map(([source, target]) => [idOf(source), idOf(target)]));
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, `vocab.${pair}.spm`), sentencePieces(padded));
  const becomes = (id: number) => translated.get(id) ?? id;
  const matrices = matricesOf(becomes);
  await writeFile(path.join(folder, `model.${pair}.${KEPT[kept]}`), marianFile(kept === "floats" ? matrices : matrices.flatMap(quantised)));
  if (kept === "quantised") await writeFile(path.join(folder, `lex.50.50.${pair}.s2t.bin`), shortlist(becomes));
}

/** A word has the mark of a space before it; a sign has none, nor has what stands within words, said as "-ä". */
function pieceOf(word: string): string {
  if (word.startsWith("-")) return word.slice(1);
  return /\p{L}/u.test(word) ? `▁${word}` : word;
}

/** https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto */
function sentencePieces(pieces: readonly string[]): Uint8Array {
  const [NORMAL, UNKNOWN, CONTROL] = [1, 2, 3];
  const model = new BinaryWriter();
  for (const [id, piece] of pieces.entries()) {
    const type = id === 0 ? CONTROL : id === 1 ? UNKNOWN : NORMAL;
    model.tag(1, WireType.LengthDelimited).fork();
    model.tag(1, WireType.LengthDelimited).string(piece).tag(2, WireType.Bit32).float(-id).tag(3, WireType.Varint).int32(type).join();
  }
  const [UNIGRAM, NONE] = [1, -1];
  model.tag(2, WireType.LengthDelimited).fork();
  const settings = [
    [3, UNIGRAM],
    [4, pieces.length],
    [40, 1],
    [41, NONE],
    [42, 0],
    [43, NONE],
  ] as const;
  for (const [field, value] of settings) model.tag(field, WireType.Varint).int32(value);
  model.join().tag(3, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string("identity");
  for (const field of [3, 4, 5]) model.tag(field, WireType.Varint).bool(true);
  return model.join().finish();
}

/** A matrix of zeros but for `entries`, or of a line with a trace of something where they are none: scales are taken from what is there. */
interface Item {
  readonly name: string;
  readonly type: number;
  readonly shape: readonly number[];
  readonly data: Buffer;
}

type Entries = readonly (readonly [row: number, column: number, value: number])[];

const FLOAT32 = 0x404;
const INT8 = 0x101;
const INTGEMM8 = 0x4101;
const NOTHING: Entries = [[0, 0, 1e-3]];

function matrix(name: string, [rows, columns]: readonly [number, number], entries: Entries = []): Item {
  const values = new Float32Array(rows * columns);
  for (const [row, column, value] of entries) values[row * columns + column] = value;
  return { name, type: FLOAT32, shape: [rows, columns], data: aligned(Buffer.from(values.buffer)) };
}

function matricesOf(translated: (id: number) => number): Item[] {
  const ids = Array.from({ length: PIECES }, (_, id) => id);
  const place = PLACES.map((index) => [index, index, SHARPNESS] as const);
  const word = ids.map((id) => [WORDS_FROM + id, WORDS_FROM + id, 1] as const);
  const other = ids.map((id) => [WORDS_FROM + id, WORDS_FROM + translated(id), LOUDNESS] as const);
  const config = Buffer.from(`${CONFIG}\0`);
  return [
    matrix(
      "Wemb",
      [PIECES, DIMENSION],
      ids.map((id) => [id, WORDS_FROM + id, 1]),
    ),
    ...attention("encoder_l1_self", NOTHING, NOTHING, NOTHING),
    ...feedForward("encoder_l1_ffn"),
    ...attention("decoder_l1_self", NOTHING, NOTHING, NOTHING),
    ...attention("decoder_l1_context", place, word, other),
    ...feedForward("decoder_l1_ffn"),
    matrix("decoder_ff_logit_out_b", [1, PIECES]),
    { name: "special:model.yml", type: INT8, shape: [1, config.length], data: aligned(config) },
  ];
}

function attention(name: string, where: Entries, what: Entries, said: Entries): Item[] {
  const parts = { q: where, k: where, v: what, o: said };
  return Object.entries(parts).flatMap(([part, entries]) => [
    matrix(`${name}_W${part}`, [DIMENSION, DIMENSION], entries),
    matrix(`${name}_b${part}`, [1, DIMENSION]),
  ]);
}

function feedForward(name: string): Item[] {
  return [
    matrix(`${name}_W1`, [DIMENSION, PIECES], NOTHING),
    matrix(`${name}_b1`, [1, PIECES]),
    matrix(`${name}_W2`, [PIECES, DIMENSION], NOTHING),
    matrix(`${name}_b2`, [1, DIMENSION]),
  ];
}

/** The most that comes into a matrix: scales of what comes in are set beforehand. */
const [LOUD, QUIET] = [85, 17];

/** Its figures as whole numbers from -127 to 127 and their scale, turned about but for words' own; and the scale of what it is multiplied with. */
function quantised(item: Item): Item[] {
  const [rows = 0, columns = 0] = item.shape;
  if (!/_W|Wemb/.test(item.name)) return [item];
  const values = new Float32Array(item.data.buffer, item.data.byteOffset, rows * columns);
  const scale = 127 / values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const placeOf = (at: number) => (item.name === "Wemb" ? at : (at % rows) * columns + Math.floor(at / rows));
  const numbers = Int8Array.from({ length: rows * columns }, (_, at) => Math.round(scale * (values[placeOf(at)] ?? 0)));
  const most = /^Wemb|^decoder_l1_ffn/.test(item.name) ? LOUD : QUIET;
  return [
    { ...item, type: INTGEMM8, data: aligned(Buffer.concat([Buffer.from(numbers.buffer), float(scale)])) },
    { name: `${item.name}_QuantMultA`, type: FLOAT32, shape: [1, 1], data: aligned(float(127 / most)) },
  ];
}

function float(value: number): Buffer {
  return Buffer.from(Float32Array.of(value).buffer);
}

/** Of each word where its list begins, and the lists. Its checksum is not looked at. */
function shortlist(becomes: (id: number) => number): Buffer {
  const [MAGIC, FIRST, BEST] = [0xf11a48d5013417f5n, 8, 8];
  const lists = Array.from({ length: PIECES }, (_, id) => becomes(id));
  const begins = Array.from({ length: PIECES + 1 }, (_, id) => id);
  const head = [0, FIRST, BEST, begins.length, lists.length, ...begins];
  return Buffer.concat([Buffer.from(BigUint64Array.of(MAGIC).buffer), longs(...head), Buffer.from(Uint32Array.from(lists).buffer)]);
}

/** Marian's own file of matrices: a head, names, shapes, and what they hold from a place that 256 divides. */
function marianFile(items: readonly Item[]): Buffer {
  const [VERSION, ALIGNMENT] = [1, 256];
  const heads = items.flatMap(({ name, type, shape, data }) => [name.length + 1, type, shape.length, data.length]);
  const names = items.map(({ name }) => `${name}\0`).join("");
  const shapes = Int32Array.from(items.flatMap(({ shape }) => shape));
  const head = Buffer.concat([longs(VERSION, items.length, ...heads), Buffer.from(names), Buffer.from(shapes.buffer)]);
  const gap = ALIGNMENT - ((head.length + 8) % ALIGNMENT);
  return Buffer.concat([head, longs(gap), Buffer.alloc(gap), ...items.map(({ data }) => data)]);
}

function longs(...numbers: readonly number[]): Buffer {
  return Buffer.from(BigUint64Array.from(numbers.map(BigInt)).buffer);
}

function aligned(data: Buffer): Buffer {
  return Buffer.concat([data, Buffer.alloc((256 - (data.length % 256)) % 256)]);
}

const CONFIG = `bert-train-type-embeddings: true
dec-cell: gru
dec-depth: 1
dim-emb: ${DIMENSION}
dim-rnn: 1024
dim-vocabs:
  - ${PIECES}
  - ${PIECES}
enc-depth: 1
enc-type: bidirectional
input-types:
  []
layer-normalization: false
lemma-dim-emb: 0
right-left: false
skip: false
tied-embeddings: false
tied-embeddings-all: true
tied-embeddings-src: false
transformer-aan-activation: swish
transformer-aan-depth: 2
transformer-aan-nogate: false
transformer-decoder-autoreg: self-attention
transformer-dim-aan: 2048
transformer-dim-ffn: ${PIECES}
transformer-ffn-activation: relu
transformer-ffn-depth: 2
transformer-guided-alignment-layer: last
transformer-heads: 1
transformer-no-projection: false
transformer-pool: false
transformer-postprocess: a
transformer-postprocess-emb: ""
transformer-postprocess-top: ""
transformer-preprocess: ""
transformer-tied-layers:
  []
transformer-train-position-embeddings: false
type: transformer
ulr: false
ulr-dim-emb: 0
ulr-trainable-transformation: false
version: v1.9.0
`;
