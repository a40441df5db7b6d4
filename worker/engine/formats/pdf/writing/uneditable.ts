/** Why the content of a page cannot be edited: its page is then made in another way. */
export class Uneditable extends Error {
  override readonly name = "Uneditable";
}
