import type { MailboxPath } from "@mailferry/core/Mailbox.ts"
import type { PlannedMailbox, PlanSummary } from "@mailferry/core/PlanSummary.ts"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"

import { decodeJob } from "../src/JobFile.ts"
import { decodePlan, encodePlan, planFileOf } from "../src/PlanText.ts"
import { toyJob, toyKinds } from "./support/ToyKinds.ts"

const job = Result.getOrThrow(decodeJob("job.yaml", toyJob, toyKinds))

const mailbox = (from: MailboxPath, to: MailboxPath, homes: number, why?: string): PlannedMailbox => ({
  from,
  to,
  role: "home",
  homes,
  shown: 0,
  why: Option.fromUndefinedOr(why)
})

const summary: PlanSummary = {
  mailboxes: [
    mailbox(["INBOX"], ["INBOX"], 12),
    mailbox(["Folders", "a/b"], ["a_b"], 3, '"/" is the hierarchy delimiter there'),
    mailbox(["Folders", "yes", "# no: null"], ["yes", "# no: null"], 0)
  ],
  planned: 15,
  toDo: 15,
  appends: 15,
  alreadyThere: 0,
  quarantined: 0,
  unreadable: 0,
  tooLarge: 0,
  bytes: 1,
  labelRule: "copy",
  labels: 0,
  flagChanges: 0,
  losses: {},
  changes: {}
}

const plan = planFileOf(job, summary, "2026-11-21T12:00:00.000Z")
const text = encodePlan(plan)

const problems = (edited: string) =>
  Result.match(decodePlan("plan.yaml", edited, job), {
    onSuccess: () => [],
    onFailure: (error) =>
      error.problems.map(({ line, text }) => (line === undefined ? text : `${line}: ${text}`))
  })

describe("a plan file", () => {
  it("reads back as it was written, whatever mailboxes are called", () => {
    expect(Result.getOrThrow(decodePlan("plan.yaml", text, job))).toEqual(plan)
  })

  it("says in comments what may be edited, and writes each mailbox so that it can be", () => {
    expect(text).toMatchInlineSnapshot(`
      "# A mailferry plan: where the mail of each mailbox goes. Review it, edit it, then
      #
      #     mailferry run --job JOB --plan THIS-FILE
      #
      # You may change:
      #   to      the mailbox at the destination, level by level: [Work, "2019"] is 2019 within Work
      #   skip    "skip: true" leaves a mailbox out; mail that also stands elsewhere keeps its other places
      #   rules   labels (copy, keywords, ignore), spam, trash, drafts
      #
      # Leave "from", "source" and "destination" as they are: they say what this plan belongs to. A mailbox that appears
      # at the source later is planned by the rules; one that is gone or renamed makes the run stop and say so.
      # "messages" and "note" are for you and are not compared.

      mailferryPlan: 1
      source: barrel:you
      destination: bucket:you
      made: 2026-11-21T12:00:00.000Z
      rules:
        include: []
        exclude: []
        rename: {}
        spam: true
        trash: true
        drafts: true
        mendHeaders: false
        labels: copy
      mailboxes:
        - from: [INBOX]
          to: [INBOX]
          messages: 12

        - from: [Folders, a/b]
          to: [a_b]
          messages: 3
          note: '"/" is the hierarchy delimiter there'

        - from: [Folders, yes, "# no: null"]
          to: [yes, "# no: null"]
          messages: 0
      "
    `)
  })

  it("takes an edited name and a skipped mailbox", () => {
    const edited = text.replace("to: [a_b]", "to: [Work, Old]\n    skip: true")
    const read = Result.getOrThrow(decodePlan("plan.yaml", edited, job))
    expect(read.mailboxes[1]).toMatchObject({ to: ["Work", "Old"], skip: true })
  })

  it("of other accounts is refused, naming both", () => {
    expect(problems(text.replace("destination: bucket:you", "destination: bucket:they"))).toEqual([
      "it was made for the destination bucket:they, not bucket:you"
    ])
  })

  it("says of a label that becomes a mark that it is no mailbox, and keeps to what was reviewed", () => {
    const label: PlanSummary["mailboxes"][number] = {
      from: ["Labels", "Taxes"],
      to: ["Labels", "Taxes"],
      role: "label",
      mark: { name: "Taxes", called: "category" },
      why: Option.none(),
      homes: 0,
      shown: 3
    }
    const made = planFileOf(job, { ...summary, labelRule: "keywords", mailboxes: [label] }, plan.made)
    expect(made.rules.labels).toBe("keywords")
    expect(made.mailboxes[0]?.note).toBe("no mailbox: the category Taxes")
  })

  it("with an unknown key is refused, naming the line and what was probably meant", () => {
    expect(problems(text.replace("labels: copy", "lables: copy"))).toEqual([
      expect.stringMatching(/^\d+: "lables" is not a key of a plan; did you mean "labels"\?$/u)
    ])
  })

  it("that sends one mailbox to two places is refused", () => {
    expect(problems(text.replace("from: [INBOX]", "from: [Folders, a/b]"))).toEqual([
      "Folders/a/b stands in it twice"
    ])
  })

  it("without a destination name is refused, naming the line", () => {
    expect(problems(text.replace("to: [a_b]", "to: []")).join()).toMatch(/^\d+: plan\.mailboxes\.1\.to/u)
  })
})
