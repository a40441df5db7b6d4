/**
 * The file types that documents come in, as their names and media types say them: plain data, for all who never look into a
 * document. What a file is its content tells: `worker/engine/formats/registry.ts`, which a test holds to be the same table.
 */
export const FILE_TYPES = [
  { id: "pdf", mediaTypes: ["application/pdf"], extensions: [".pdf"] },
  {
    id: "image",
    mediaTypes: ["image/png", "image/jpeg", "image/webp", "image/tiff", "image/gif"],
    extensions: [".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".gif"],
  },
  { id: "markdown", mediaTypes: ["text/markdown"], extensions: [".md", ".markdown"] },
  { id: "text", mediaTypes: ["text/plain"], extensions: [".txt", ".text"] },
] as const;

/** With their dots, in lower case. */
export const DOCUMENT_EXTENSIONS: readonly string[] = FILE_TYPES.flatMap(({ extensions }) => extensions);

/** The id of the file type that a name tells of; undefined where it tells of none. Content may say otherwise. */
export function fileTypeOf(fileName: string): string | undefined {
  const name = fileName.toLowerCase();
  return FILE_TYPES.find(({ extensions }) => extensions.some((extension) => name.endsWith(extension)))?.id;
}
