import { connect, currentVersion, inWords, observations, total } from './client.ts'

/** Prints the sentence of an article, and the publications behind it: node examples/article.ts [address] */
const client = connect(process.argv[2] ?? 'http://127.0.0.1:3000')
const as_of = await currentVersion(client)
const window = { country: ['PL', 'LV', 'LT'], from: '2024-01-01', to: '2024-11-15', as_of }
const figure = await total(client, window)
const publishers = new Set<string>()
for await (const { publisher } of observations(client, window)) publishers.add(publisher)
const sentence = `${figure === null ? 'nothing is known of' : inWords(figure)} attempts from 1 January to 15 November 2024`
process.stdout.write(
  `${sentence}, as ${publishers.size} publishers reported (version ${as_of} of the data)\n`,
)
