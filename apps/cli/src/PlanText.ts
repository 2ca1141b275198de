import { type MailboxPath, showPath } from "@mailferry/core/Mailbox.ts"
import { PlanFile } from "@mailferry/core/PlanFile.ts"
import type { PlanSummary } from "@mailferry/core/PlanSummary.ts"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Document, isMap, isSeq } from "yaml"

import type { Job } from "./JobFile.ts"
import { strictly } from "./Provider.ts"
import { problemsOf } from "./SchemaProblems.ts"
import { UsageError } from "./UsageError.ts"
import { readYaml } from "./YamlText.ts"

const head = ` A mailferry plan: where the mail of each mailbox goes. Review it, edit it, then
 
     mailferry run --job JOB --plan THIS-FILE
 
 You may change:
   to      the mailbox at the destination, level by level: [Work, "2019"] is 2019 within Work
   skip    "skip: true" leaves a mailbox out; mail that also stands elsewhere keeps its other places
   rules   labels (copy, keywords, ignore), spam, trash, drafts
 
 Leave "from", "source" and "destination" as they are: they say what this plan belongs to. A mailbox that appears
 at the source later is planned by the rules; one that is gone or renamed makes the run stop and say so.
 "messages" and "note" are for you and are not compared.`

/** The plan as a file to review. */
export const planFileOf = (job: Job, summary: PlanSummary, made: string): PlanFile => ({
  mailferryPlan: 1,
  source: job.source.accountId,
  destination: job.destination.accountId,
  made,
  // What was reviewed is what is done, also where the job leaves it to the destination.
  rules: { ...job.rules, labels: summary.labelRule },
  mailboxes: summary.mailboxes.map(({ from, homes, mark, shown, to, why }) => ({
    from,
    to,
    messages: homes === 0 ? shown : homes,
    ...(mark === undefined
      ? Option.match(why, { onNone: () => ({}), onSome: (note) => ({ note }) })
      : { note: `no mailbox: the ${mark.called} ${mark.name}` })
  }))
})

/** YAML with comments that say what may be edited. Paths are written in one line each. */
export const encodePlan = (plan: PlanFile): string => {
  const document = new Document(plan, { aliasDuplicateObjects: false })
  document.commentBefore = head
  const { contents } = document
  if (isMap(contents)) {
    plan.mailboxes.forEach((_, i) => {
      for (const key of ["from", "to"]) {
        const path = document.getIn(["mailboxes", i, key], true)
        if (isSeq(path)) path.flow = true
      }
      const entry = document.getIn(["mailboxes", i], true)
      if (isMap(entry) && i > 0) entry.spaceBefore = true
    })
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}

const belongs = (plan: PlanFile, job: Job): ReadonlyArray<string> => [
  ...(plan.source === job.source.accountId
    ? []
    : [`it was made for the source ${plan.source}, not ${job.source.accountId}`]),
  ...(plan.destination === job.destination.accountId
    ? []
    : [`it was made for the destination ${plan.destination}, not ${job.destination.accountId}`])
]

/** Two mailboxes of a plan may be merged on purpose, but one cannot go to two places. */
const twice = (plan: PlanFile): ReadonlyArray<string> => {
  const seen = new Set<string>()
  return plan.mailboxes.flatMap(({ from }: { readonly from: MailboxPath }) => {
    const key = JSON.stringify(from)
    if (seen.has(key)) return [`${showPath(from)} stands in it twice`]
    seen.add(key)
    return []
  })
}

/** Reads a reviewed plan back. */
export const decodePlan = (file: string, text: string, job: Job): Result.Result<PlanFile, UsageError> => {
  const wrong = (problems: UsageError["problems"]) =>
    new UsageError({
      what: `${file} cannot be used as a plan`,
      problems,
      advice: "`mailferry plan --out FILE` writes a new one."
    })
  return Result.flatMap(readYaml(file, text), (yaml) => {
    const decoded = Schema.decodeUnknownResult(PlanFile, strictly)(yaml.value)
    if (Result.isFailure(decoded)) {
      const found = problemsOf(decoded.failure.issue, {
        name: "plan",
        of: "a plan",
        value: yaml.value,
        schema: { ...Schema.toJsonSchemaDocument(PlanFile).schema },
        secrets: []
      })
      return Result.fail(
        wrong(
          found.map(({ path, text }) => {
            const line = yaml.lineOf(path.slice(1))
            return line === undefined ? { text } : { line, text }
          })
        )
      )
    }
    const plan = decoded.success
    const misfits = [...belongs(plan, job), ...twice(plan)]
    return misfits.length === 0 ? Result.succeed(plan) : Result.fail(wrong(misfits.map((text) => ({ text }))))
  })
}
