/** The first and the last items of each series, in their order; where neither is bounded, all as they come. */
export async function* endsOf<Item>(
  items: AsyncIterable<Item>,
  seriesOf: (item: Item) => string,
  { first, last }: { readonly first: number | undefined; readonly last: number | undefined },
): AsyncGenerator<Item> {
  const counts = new Map<string, number>()
  const tails = new Map<string, { readonly index: number; readonly item: Item }[]>()
  let index = 0
  for await (const item of items) {
    const key = seriesOf(item)
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    index += 1
    if ((first === undefined && last === undefined) || count <= (first ?? 0)) yield item
    else if (last !== undefined) {
      const tail = [...(tails.get(key) ?? []), { index, item }]
      tails.set(key, tail.slice(-last))
    }
  }
  for (const { item } of [...tails.values()].flat().sort((a, b) => a.index - b.index)) yield item
}
