import { Fonts, ownFontFolders } from "./fonts.ts";
import { type Hyphenator, openHyphenator } from "./hyphenation.ts";

export interface SettingOptions {
  /** BCP 47, of the text to set. */
  readonly language: string;
  /** Of fonts of one's own: `DRAGOMAN_FONTS` if not given. */
  readonly fontFolders?: readonly string[];
}

/** What text of one language is set with. */
export interface Tools {
  readonly fonts: Fonts;
  readonly hyphenator: Hyphenator;
}

/** Loads what shapes text; fonts are read as they are needed. */
export async function openTools({ language, fontFolders = ownFontFolders() }: SettingOptions): Promise<Tools> {
  const fonts = new Fonts(await import("harfbuzzjs"), { language, ownFolders: fontFolders });
  return { fonts, hyphenator: openHyphenator(language) };
}
