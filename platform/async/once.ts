/** A stream of `item` alone. */
export async function* once<T>(item: T): AsyncGenerator<T> {
  yield item;
}
