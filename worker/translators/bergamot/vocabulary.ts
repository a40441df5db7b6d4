import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** Of the pieces of a SentencePiece model (https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto). */
const FIELDS = { pieces: 1, piece: 1, type: 3 };
const TYPES = { normal: 1, userDefined: 4, byte: 6 };

/** Which letters and signs a model has heard of: what else a text has is lost in its translation. */
export class Vocabulary {
  readonly #signs = new Set<string>();
  /** It spells in bytes what it does not know. */
  #spells = false;

  /** Throws what reading another file than a vocabulary throws. */
  constructor(file: Uint8Array) {
    const reader = new BinaryReader(file);
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (field === FIELDS.pieces && type === WireType.LengthDelimited) this.#add(new BinaryReader(reader.bytes()));
      else reader.skip(type);
    }
  }

  /** As models read signs: a wide letter is the letter, a ligature its letters. */
  knows(sign: string): boolean {
    if (this.#spells || this.#signs.has(sign)) return true;
    const plain = sign.normalize("NFKC");
    return plain !== sign && [...plain].every((each) => this.#signs.has(each));
  }

  #add(reader: BinaryReader): void {
    let [piece, kind] = ["", TYPES.normal];
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (field === FIELDS.piece && type === WireType.LengthDelimited) piece = reader.string();
      else if (field === FIELDS.type && type === WireType.Varint) kind = reader.int32();
      else reader.skip(type);
    }
    if (kind === TYPES.byte) this.#spells = true;
    if (kind === TYPES.normal || kind === TYPES.userDefined) for (const sign of piece) this.#signs.add(sign);
  }
}
