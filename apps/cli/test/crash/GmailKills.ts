import { around, type Exchange, type Transition } from "./Kills.ts"

/** One request and its answer: HTTP/1.1 has no other at the same time on its connection. */
const request = (what: string, begins: RegExp): Exchange => ({
  what,
  begins,
  answer: () => /^HTTP\/1\.1 \d{3}/u
})

const atOnce = request("import", /^POST \/upload\/\S+\/messages\/import\?\S*uploadType=multipart/u)
const session = request("session", /^POST \/upload\/\S+\/messages\/import\?\S*uploadType=resumable/u)
const octets = request("PUT", /^PUT \/upload\//u)
const label = request("label", /^POST \/gmail\/v1\/users\/[^/ ]+\/labels[? ]/u)
const modify = request("modify", /^POST \/gmail\/v1\/users\/[^/ ]+\/messages\/[^/ ]+\/modify/u)

/** With only the first octets of a message on their way. */
const partly = ({ what, ...exchange }: Exchange, nth: number): Transition => ({
  name: `with half of ${what} ${nth} sent`,
  moment: { ...exchange, nth, when: "partly" }
})

/**
 * Every transition of a ledger row on its way into Gmail: sent at once or in a session, of which the URI is written down
 * before the octets go, and the making of a label.
 */
export const gmailTransitions: ReadonlyArray<Transition> = [
  ...around(atOnce, [1, 12]),
  ...around(session, [1]),
  ...around(octets, [2]),
  partly(octets, 1),
  ...around(label, [3]).slice(0, 4)
]

/** Those of a later run, which changes the labels of what is there. */
export const laterTransitions: ReadonlyArray<Transition> = around(modify, [1, 3])
