import { BodyTooLong, type Exchange } from "../http/Exchange.ts"
import type { SeenRequest } from "../http/SeenRequest.ts"
import { badRequest, GraphError, maxRequest, type RequestIds } from "./GraphError.ts"
import type { GraphAnswer, GraphRequest } from "./GraphMethod.ts"
import { callOf, type GraphServer } from "./GraphServer.ts"
import type { GraphWorld } from "./GraphWorld.ts"
import { RawRefusal } from "./MailboxGate.ts"

/** Requests in one batch (learn.microsoft.com/graph/json-batching). */
const mostRequests = 20

/** Of one batch Outlook runs so many at once. */
const atOnce = 4

interface Inner {
  readonly id: string
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly dependsOn?: ReadonlyArray<string>
}

interface InnerAnswer {
  readonly id: string
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

const isInner = (value: unknown): value is Inner => {
  if (typeof value !== "object" || value === null) return false
  const { id, method, url, headers = {}, dependsOn = [] } = value as Partial<Record<keyof Inner, unknown>>
  const named = typeof id === "string" && typeof method === "string" && typeof url === "string"
  const texts = typeof headers === "object" && headers !== null ? Object.values(headers) : [headers]
  return named && texts.every((each) => typeof each === "string") && Array.isArray(dependsOn)
}

const readBatch = (octets: Buffer): ReadonlyArray<Inner> => {
  let value: unknown
  try {
    value = JSON.parse(octets.toString("utf8"))
  } catch {
    throw badRequest("Invalid batch payload format.")
  }
  const requests = (value as { requests?: unknown } | null)?.requests
  if (!Array.isArray(requests) || requests.length === 0) throw badRequest("Invalid batch payload format.")
  if (!requests.every(isInner)) throw badRequest("Invalid batch payload format.")
  const inner: ReadonlyArray<Inner> = requests
  if (inner.length > mostRequests) {
    throw badRequest(`Number of batch request steps exceeds the maximum value of ${mostRequests}.`)
  }
  const ids = inner.map(({ id }) => id)
  if (ids.some((id) => typeof id !== "string" || id === "") || new Set(ids).size < ids.length) {
    throw badRequest("Request Id has to be unique in a batch.")
  }
  if (inner.some(({ dependsOn = [] }) => dependsOn.some((id) => !ids.includes(id)))) {
    throw badRequest("Request dependency is not correctly specified.")
  }
  return inner
}

const requestOf = ({ method, url, headers = {} }: Inner, authorization: string | undefined): GraphRequest => {
  const [path = "/", ...query] = url.split("?")
  const fields = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  return {
    method: method.toUpperCase(),
    path: path.startsWith("/") ? path : `/${path}`,
    query: new URLSearchParams(query.join("?")),
    header: (name) => (name === "authorization" ? authorization : fields.get(name))
  }
}

const bodyOf = ({ body }: Inner): Buffer => {
  if (body === undefined) return Buffer.alloc(0)
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body))
}

const failed = (id: string, failure: unknown, ids: RequestIds): InnerAnswer => {
  if (failure instanceof GraphError) {
    const { code, headers, body } = failure.for(ids)
    return { id, status: code, headers, body }
  }
  if (failure instanceof RawRefusal) return { id, status: failure.answer.status, body: failure.answer.text }
  throw failure
}

const shown = (id: string, { status, headers, body }: GraphAnswer): InnerAnswer => ({
  id,
  status,
  ...(headers === undefined ? {} : { headers }),
  ...(body === undefined ? {} : { body: Buffer.isBuffer(body) ? body.toString("base64") : body })
})

/** Carries out a batch: each of its requests counts, and may be refused, by itself; the answer is 200 all the same. */
export const serveBatch = async (
  world: GraphWorld,
  graph: GraphServer,
  exchange: Exchange,
  ids: RequestIds
): Promise<GraphAnswer> => {
  const authorization = exchange.header("authorization")
  world.tokens.authenticate(authorization)
  const requests = readBatch(await exchange.whole(maxRequest))
  const done = new Map<string, Promise<InnerAnswer>>()
  const lanes = Array.from({ length: atOnce }, () => Promise.resolve<unknown>(undefined))
  const carryOut = async (inner: Inner): Promise<InnerAnswer> => {
    const { id, dependsOn = [] } = inner
    const before = await Promise.all(dependsOn.map(async (each) => await done.get(each)))
    if (before.some((answer) => answer === undefined || answer.status >= 400)) {
      return failed(id, new GraphError(424, "FailedDependency", "Failed Dependency"), ids)
    }
    const request = requestOf(inner, authorization)
    const body = bodyOf(inner)
    const seen: SeenRequest = {
      number: exchange.log.number,
      method: request.method,
      path: `/v1.0${request.path}`,
      query: request.query,
      call: callOf(request.method, `/v1.0${request.path}`)
    }
    try {
      const arrival = { request, exchange, seen, announced: body.length, body: () => Promise.resolve(body) }
      return shown(id, await graph.perform(arrival))
    } catch (failure) {
      if (failure instanceof BodyTooLong) throw failure
      const answer = failed(id, failure, ids)
      if (answer.status === 429) world.stats.throttled += 1
      return answer
    }
  }
  requests.forEach((inner, index) => {
    const lane = index % atOnce
    // A request waits for those it depends on without taking a place from the others.
    const answer = (lanes[lane] ?? Promise.resolve()).then(() => carryOut(inner))
    lanes[lane] = inner.dependsOn === undefined ? answer : Promise.allSettled([lanes[lane]])
    done.set(inner.id, answer)
  })
  // They come in the order in which they were finished, and not in that of the requests.
  const responses: Array<InnerAnswer> = []
  await Promise.all([...done.values()].map(async (each) => responses.push(await each)))
  return { status: 200, body: { responses } }
}
