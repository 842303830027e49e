// What is on a server of Bluesky, read by the protocol's own client: all posts of the account ACCOUNT at SERVER, oldest first, as
// JSON. Each post is checked against the protocol's own schema, each file against the hash that the post names it by.
import { createHash } from 'node:crypto'
import { AppBskyFeedPost, AtpAgent, RichText } from '@atproto/api'

const { SERVER, ACCOUNT } = process.env
const POSTS = 'app.bsky.feed.post'
const agent = new AtpAgent({ service: SERVER })

async function list(collection) {
  const records = []
  let cursor
  do {
    const page = await agent.com.atproto.repo.listRecords({ repo: ACCOUNT, collection, limit: 100, cursor })
    records.push(...page.data.records)
    cursor = page.data.cursor
  } while (cursor)
  return records
}

const key = (uri) => uri.split('/').at(-1)

async function file(blob, alt, more) {
  const cid = blob.ref.toString()
  const answer = await agent.com.atproto.sync.getBlob({ did: ACCOUNT, cid })
  const bytes = Buffer.from(answer.data)
  const hash = createHash('sha256').update(bytes).digest('hex')
  // A CID of version 1, raw bytes, SHA-256 in 32 bytes; the rest is the hash.
  const named = Buffer.from(blob.ref.bytes).toString('hex')
  if (named !== `01551220${hash}`) throw new Error(`${cid} is not the hash of its bytes: ${named}, ${hash}`)
  if (blob.size !== bytes.length) throw new Error(`${cid} has ${bytes.length} bytes and not ${blob.size}`)
  return { mime: blob.mimeType, served: answer.headers['content-type'], alt, bytes: bytes.toString('base64'), ...more }
}

async function files(media) {
  if (media?.images) return Promise.all(media.images.map((one) => file(one.image, one.alt, { ratio: one.aspectRatio })))
  if (media?.video) {
    const captions = await Promise.all((media.captions ?? []).map((one) => file(one.file, '', { lang: one.lang })))
    return [await file(media.video, media.alt, { ratio: media.aspectRatio, captions })]
  }
  return media?.external?.thumb ? [await file(media.external.thumb)] : []
}

function segments(post) {
  const rich = new RichText({ text: post.text, facets: post.facets })
  return [...rich.segments()].map((part) => ({
    text: part.text,
    link: part.link?.uri,
    mention: part.mention?.did,
    tag: part.tag?.tag,
  }))
}

// The spans that the app itself would have made of this text.
function detected(post) {
  const rich = new RichText({ text: post.text })
  rich.detectFacetsWithoutResolution()
  return (rich.facets ?? []).map((facet) => [facet.index.byteStart, facet.index.byteEnd])
}

const [threadgates, postgates] = await Promise.all(['threadgate', 'postgate'].map((gate) => list(`app.bsky.feed.${gate}`)))
const of = (gates, uri) => gates.find((gate) => key(gate.uri) === key(uri) && gate.value.post === uri)?.value

const posts = []
// A server lists by key, and ours have nothing to do with time.
const oldest = (one, other) => (one.value.createdAt < other.value.createdAt ? -1 : 1)
for (const { uri, cid } of (await list(POSTS)).sort(oldest)) {
  const { value: post, ...read } = await agent.getPost({ repo: ACCOUNT, rkey: key(uri) })
  if (read.uri !== uri || read.cid !== cid) throw new Error(`${uri} ${cid} is listed, and ${read.uri} ${read.cid} read`)
  const valid = AppBskyFeedPost.validateRecord(post)
  if (!valid.success) throw new Error(`${uri} is no post: ${valid.error}`)
  const embed = post.embed
  const media = embed?.media ?? embed
  posts.push({
    uri,
    cid,
    text: post.text,
    graphemes: new RichText({ text: post.text }).graphemeLength,
    segments: segments(post),
    marked: (post.facets ?? []).map((facet) => [facet.index.byteStart, facet.index.byteEnd]),
    detected: detected(post),
    at: post.createdAt,
    langs: post.langs ?? [],
    tags: post.tags ?? [],
    labels: (post.labels?.values ?? []).map((label) => label.val),
    root: post.reply?.root,
    parent: post.reply?.parent,
    quotes: embed?.record?.record ?? (embed?.record?.uri ? embed.record : undefined),
    card: media?.external && { ...media.external, thumb: undefined },
    media: await files(media),
    allow: of(threadgates, uri)?.allow?.map((rule) => rule.$type.split('#')[1]),
    rules: of(postgates, uri)?.embeddingRules?.map((rule) => rule.$type.split('#')[1]),
  })
}
console.log(JSON.stringify(posts))
