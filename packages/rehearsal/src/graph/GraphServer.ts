import { setTimeout as sleep } from "node:timers/promises"

import type { Exchange } from "../http/Exchange.ts"
import type { SeenRequest } from "../http/SeenRequest.ts"
import { attachmentMethods } from "./AttachmentMethods.ts"
import { categoryMethods } from "./CategoryMethods.ts"
import { schemaFault } from "./contract/SchemaCheck.ts"
import { folderMethods } from "./FolderMethods.ts"
import {
  accessDenied,
  badRequest,
  GraphError,
  maxRequest,
  notRehearsed,
  unreadableBody
} from "./GraphError.ts"
import { type GraphAnswer, type GraphMethod, type GraphRequest, routeTo } from "./GraphMethod.ts"
import { type GraphWorld, halfLatency } from "./GraphWorld.ts"
import type { MailboxGate } from "./MailboxGate.ts"
import type { JsonObject } from "./MessageIntake.ts"
import { messageMethods } from "./MessageMethods.ts"
import type { Person } from "./Person.ts"
import { applied, preferencesOf } from "./Preferences.ts"
import { profileMethods } from "./ProfileMethods.ts"
import type { GraphToken } from "./signin/GraphTokens.ts"

const methods: ReadonlyArray<GraphMethod> = [
  ...profileMethods,
  ...folderMethods,
  ...messageMethods,
  ...attachmentMethods,
  ...categoryMethods
]

/** Segments Graph has under a user and this server has not. */
const elsewhere =
  /^(?:calendar|calendars|contacts|events|inferenceClassification|mailboxSettings|sendMail|settings|mailFolders\/[^/]+\/(?:messageRules|move|copy|messages\/.*)|messages\/[^/]+\/(?:extensions|reply|replyAll|forward|send|createReply|createForward))/iu

interface Target {
  readonly method: GraphMethod
  readonly places: Readonly<Record<string, string>>
  /** Undefined for `me`. */
  readonly user: string | undefined
}

const decodedStep = (step: string): string => {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}

const targetOf = (verb: string, path: string): Target | undefined => {
  const steps = path.split("/").slice(1)
  const first = steps[0]?.toLowerCase()
  if (first !== "me" && first !== "users") return undefined
  const rest = steps.slice(first === "me" ? 1 : 2)
  const routed = routeTo(methods, verb, rest)
  return routed === undefined
    ? undefined
    : { ...routed, user: first === "me" ? undefined : decodedStep(steps[1] ?? "") }
}

/** As in `messages.create`; undefined where the path is none of Graph's. */
export const callOf = (verb: string, path: string): string | undefined =>
  path === "/v1.0/$batch" ? "batch" : targetOf(verb, path.replace(/^\/v1\.0/u, ""))?.method.id

const unknownPath = (path: string): GraphError => {
  const rest = path.split("/").slice(2).join("/")
  if (elsewhere.test(rest)) throw notRehearsed(path)
  const segment = path.split("/").at(-1) ?? ""
  return badRequest(`Resource not found for the segment '${segment}'.`)
}

/** One call: where its body comes from, and the connection it came by. */
export interface Arrival {
  readonly request: GraphRequest
  readonly exchange: Exchange
  /** As faults and hooks see it. */
  readonly seen: SeenRequest
  /** Bytes of the body it announces. */
  readonly announced: number
  readonly body: () => Promise<Buffer>
}

/** Mail in Microsoft Graph v1.0: every check in the order in which Graph and Exchange make them. */
export class GraphServer {
  private readonly world: GraphWorld
  private readonly gate: MailboxGate

  constructor(world: GraphWorld, gate: MailboxGate) {
    this.world = world
    this.gate = gate
  }

  async perform(arrival: Arrival): Promise<GraphAnswer> {
    const { exchange, request, seen } = arrival
    const token = this.world.tokens.authenticate(request.header("authorization"))
    if (/\/delta(?:\(\))?$/u.test(request.path)) throw notRehearsed(request.path)
    const target = targetOf(request.method, request.path)
    if (target === undefined) throw unknownPath(request.path)
    const person = this.personOf(token, target)
    await this.gate.arrived(exchange, seen, person)
    if (target.method.id === "user.get") return await this.carryOut(arrival, target, person, token)
    const leave = this.gate.enter(person, request.method, arrival.announced)
    try {
      return await this.carryOut(arrival, target, person, token)
    } finally {
      leave()
    }
  }

  /** Fails where the token is not good for the call, or for the mailbox. */
  private personOf(token: GraphToken, { method, user }: Target): Person {
    const { people, rules } = this.world
    const own = token.user === undefined ? undefined : people.get(token.user)
    if (token.user === undefined && user === undefined) {
      throw badRequest("/me request is only valid with delegated authentication flow.")
    }
    const wanted = user?.toLowerCase()
    const person =
      wanted === undefined
        ? own
        : [...people.values()].find(({ id, address }) => id === wanted || address.toLowerCase() === wanted)
    const foreign = own !== undefined && person !== own
    const allowed = method.permissions.some((name) => token.scopes.has(foreign ? `${name}.Shared` : name))
    if (!allowed || (foreign && person !== undefined && !person.sharedWith.has(own.address.toLowerCase()))) {
      throw method.id === "user.get"
        ? new GraphError(
            403,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation."
          )
        : accessDenied()
    }
    if (person === undefined) {
      throw new GraphError(404, "ErrorInvalidUser", `The requested user '${String(user)}' is invalid.`)
    }
    if (method.id !== "user.get" && !person.hasMailbox) {
      throw new GraphError(
        404,
        "MailboxNotEnabledForRESTAPI",
        "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
      )
    }
    const { appOnlyMailboxes } = rules
    if (
      own === undefined &&
      appOnlyMailboxes !== undefined &&
      !appOnlyMailboxes.has(person.address.toLowerCase())
    ) {
      throw accessDenied(
        "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings."
      )
    }
    return person
  }

  private async carryOut(
    arrival: Arrival,
    target: Target,
    person: Person,
    token: GraphToken
  ): Promise<GraphAnswer> {
    const { exchange, request, seen, announced } = arrival
    const { method, places } = target
    const message = places["mid"] === undefined ? undefined : person.mailbox.message(places["mid"])
    const versionSeen = message?.version
    exchange.pace = (size) => this.slow(size)
    const octets = await arrival.body()
    if (announced === 0 && octets.length > 0) this.gate.count(person, octets.length)
    const json = bodyOf(method, request, octets)
    await halfLatency(this.world)
    this.gate.beforeCommit(exchange, seen)
    const preferences = preferencesOf(request.header("prefer"))
    const answer = method.handle({
      world: this.world,
      person,
      token,
      request,
      places,
      query: request.query,
      preferences,
      url: `${this.world.url}/v1.0${request.path}`,
      json,
      octets,
      versionSeen
    })
    await this.gate.committed(exchange, seen)
    await halfLatency(this.world)
    const preference = applied(preferences)
    const ok = answer.status === 201 && this.world.faults.fires("okInsteadOfCreated", seen)
    return {
      ...answer,
      ...(ok ? { status: 200 } : {}),
      headers: {
        ...answer.headers,
        ...(preference === undefined ? {} : { "preference-applied": preference })
      }
    }
  }

  private async slow(size: number): Promise<void> {
    const { readRate } = this.world.faults
    if (readRate > 0) await sleep((size / readRate) * 1000)
  }
}

/** The JSON of a call, as strict as Graph reads it. */
const bodyOf = (method: GraphMethod, request: GraphRequest, octets: Buffer): JsonObject => {
  if (method.body === undefined) return {}
  const type = (request.header("content-type") ?? "").toLowerCase()
  if (method.mime === true && type.startsWith("text/plain")) return {}
  if (!type.startsWith("application/json")) {
    throw badRequest(
      octets.length === 0
        ? "Empty Payload. JSON content expected."
        : "Write requests (excluding DELETE) must contain the Content-Type header declaration.",
      octets.length === 0 ? "BadRequest" : "RequestBodyRead"
    )
  }
  const value = parsed(octets)
  const fault = method.body === "" ? undefined : schemaFault(value, method.body)
  if (fault !== undefined) throw unreadableBody(fault)
  return value
}

const unreadable = (): GraphError =>
  badRequest(
    "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."
  )

const utf8 = new TextDecoder("utf-8", { fatal: true })

const parsed = (octets: Buffer): JsonObject => {
  let value: unknown
  try {
    value = JSON.parse(utf8.decode(octets))
  } catch {
    throw unreadable()
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw unreadable()
  return value as JsonObject
}

/** The body of a request, no longer than Graph takes. */
export const wholeBody = (exchange: Exchange): Promise<Buffer> => exchange.whole(maxRequest)
