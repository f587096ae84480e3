/** What the tests use of the toolkit, which brings no types. */
declare module 'jsonstat-toolkit' {
  interface Dataset {
    readonly length: number
    /** Each cell; null where there is none. */
    toTable<Cell>(options: { type: 'arrobj'; content: 'id'; status: boolean }): Cell[] | null
  }
  function JSONstat(dataset: unknown): Dataset

  // biome-ignore lint/style/noDefaultExport: it is what the toolkit exports
  export { JSONstat as default }
}
