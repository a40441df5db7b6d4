/** What is in a file, stays there as it was, and is named in a remark. */
export type Unread = "embedded" | "picture" | "chunk" | "comment" | "index" | "button" | "guide" | "deletion" | "alternative";
