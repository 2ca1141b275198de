import type { SeenRequest } from "@mailferry/rehearsal/http/SeenRequest.ts"

import type { GraphMoment } from "./GraphTrigger.ts"
import { around, randomKills, type Transition } from "./Kills.ts"

const call =
  (...names: ReadonlyArray<string>) =>
  (request: SeenRequest) =>
    names.includes(request.call ?? "")

/** MIME goes to the mailbox and not to a folder: so drafts come. */
const isDraft = (request: SeenRequest) =>
  request.call === "messages.create" && !/mailFolders/iu.test(request.path)

const create = {
  what: "message",
  is: (request: SeenRequest) => request.call === "messages.create" && !isDraft(request)
}
const draft = { what: "draft", is: isDraft }
const folder = { what: "folder", is: call("mailFolders.create", "childFolders.create") }
const category = { what: "category", is: call("masterCategories.create") }
const file = { what: "attachment", is: call("attachments.create") }
const session = { what: "upload session", is: call("attachments.createUploadSession") }
const part = { what: "PUT", is: call("attachments.putPart") }
const change = { what: "PATCH", is: call("messages.update") }
const copy = { what: "copy", is: call("messages.copy") }
const removal = {
  what: "removal",
  is: call("mailFolders.permanentDelete", "messages.permanentDelete")
}

/** With only the first octets of a part on their way. */
const partly: Transition<GraphMoment> = {
  name: "with half of PUT 2 sent",
  moment: { is: part.is, nth: 2, when: "partly" }
}

const soon = [3]

/**
 * Every step of a message on its way into Exchange: the probe that comes first (a folder, two messages, their removal),
 * the message itself, attachments one after the other, the mark that all are there, a second place, drafts.
 */
export const graphTransitions: ReadonlyArray<Transition<GraphMoment>> = [
  ...around(folder, [1, 4], soon),
  ...around(category, [2], soon),
  ...around(create, [1, 2, 20], soon),
  ...around(removal, [1], soon),
  ...around(file, [1, 2], soon),
  ...around(session, [1], soon),
  ...around(part, [1, 3], soon),
  partly,
  ...around(change, [1, 2], soon),
  ...around(draft, [1], soon),
  ...around(copy, [1], soon)
]

export interface KilledTwice {
  readonly name: string
  readonly first: GraphMoment
  /** In the run that was to go on after the first. */
  readonly second: GraphMoment
}

const once = (is: GraphMoment["is"], when: GraphMoment["when"], nth = 1): GraphMoment => ({ is, nth, when })

/** The run that goes on where one was killed is killed, too. */
export const graphTwice: ReadonlyArray<KilledTwice> = [
  {
    name: "when the probe was made, and when what was left of it was removed",
    first: once(create.is, "unanswered"),
    second: once(removal.is, "unanswered")
  },
  {
    name: "after two parts of a file, and after the first that came then",
    first: once(part.is, "unanswered", 2),
    second: once(part.is, "unanswered")
  },
  {
    name: "after one file of several, and after the next",
    first: once(file.is, "unanswered"),
    second: once(file.is, "unanswered")
  },
  {
    name: "before a message is marked as whole, and when it was",
    first: once(change.is, "before"),
    second: once(change.is, "unanswered")
  },
  {
    name: "when a draft was there without its key, and when it had it",
    first: once(draft.is, "unanswered"),
    second: once(change.is, "unanswered")
  }
]

/** Longer than a request takes. Milliseconds. */
const longest = 40

/**
 * Random moments of a run that makes so many requests. Spread over requests and not over time: most of a run's time goes
 * by before its first one where many run at once.
 */
export const randomMoments = (
  seed: number,
  count: number,
  requests: number
): ReadonlyArray<Transition<GraphMoment>> => {
  const moments = randomKills(seed, count)
  const waits = randomKills(seed + 1, count)
  return moments.map(({ n, share }, index) => {
    const afterMillis = Math.round((waits[index]?.share ?? 0) * longest)
    return {
      name: `random moment ${n}`,
      moment: { is: () => true, nth: Math.ceil(share * requests), when: "during", afterMillis }
    }
  })
}
