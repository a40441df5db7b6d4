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

/** Writes its files into `folder`, by the names that such models have. */
export async function writeModel(folder: string, model: WordByWord): Promise<void> {
  const pair = `${model.source}${model.target}`;
  const pieces = [...new Set([...Object.keys(model.words), ...Object.values(model.words)])].map(pieceOf);
  const vocabulary = ["</s>", "<unk>", ...pieces];
  const padded = [...vocabulary, ...Array.from({ length: PIECES - vocabulary.length }, (_, index) => `▁unused${index}`)];
  const idOf = (word: string) => padded.indexOf(pieceOf(word));
  const translated = new Map(Object.entries(model.words).map(([source, target]) => [idOf(source), idOf(target)]));
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, `vocab.${pair}.spm`), sentencePieces(padded));
  await writeFile(
    path.join(folder, `model.${pair}.bin`),
    marianModel((id) => translated.get(id) ?? id),
  );
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
const NOTHING: Entries = [[0, 0, 1e-3]];

function matrix(name: string, [rows, columns]: readonly [number, number], entries: Entries = []): Item {
  const values = new Float32Array(rows * columns);
  for (const [row, column, value] of entries) values[row * columns + column] = value;
  return { name, type: FLOAT32, shape: [rows, columns], data: aligned(Buffer.from(values.buffer)) };
}

function marianModel(translated: (id: number) => number): Buffer {
  const ids = Array.from({ length: PIECES }, (_, id) => id);
  const place = PLACES.map((index) => [index, index, SHARPNESS] as const);
  const word = ids.map((id) => [WORDS_FROM + id, WORDS_FROM + id, 1] as const);
  const other = ids.map((id) => [WORDS_FROM + id, WORDS_FROM + translated(id), LOUDNESS] as const);
  const config = Buffer.from(`${CONFIG}\0`);
  return marianFile([
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
  ]);
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
