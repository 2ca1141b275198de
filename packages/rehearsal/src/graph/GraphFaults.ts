import { ArmedFaults } from "../http/ArmedFaults.ts"
import type { SeenRequest, Where } from "../http/SeenRequest.ts"
import type { GraphError } from "./GraphError.ts"
import type { JsonObject } from "./MessageIntake.ts"

export type FaultKind =
  | "commitThenDrop"
  | "dropBeforeCommit"
  | "hang"
  | "okInsteadOfCreated"
  | "uploadSessionGone"

type SwitchKind = "mailboxFull" | "mimeVanishes"

/** An answer without Graph's error body, as gateways give it. */
export interface RawAnswer {
  readonly status: number
  readonly text: string
  readonly headers?: Readonly<Record<string, string>>
}

export type FaultAnswer = GraphError | RawAnswer

interface Planned {
  readonly answer: () => FaultAnswer
  /** Before anything is done, or when all is done. */
  readonly when: "after" | "before"
  readonly where: Where
  left: number
}

interface ContentRule {
  readonly matches: (message: JsonObject) => boolean
  readonly error: () => GraphError
}

/** What is to go wrong next at Exchange. */
export class GraphFaults extends ArmedFaults<FaultKind, SwitchKind> {
  /** Folders that take no more. */
  readonly fullFolders = new Set<string>()
  private planned: Array<Planned> = []
  private rules: Array<ContentRule> = []

  plan(answer: () => FaultAnswer, when: Planned["when"], times: number, where: Where): void {
    this.planned.push({ answer, when, where, left: times })
  }

  /** What this request is answered instead; then once less. */
  answerFor(request: SeenRequest, when: Planned["when"]): FaultAnswer | undefined {
    const fault = this.planned.find((each) => each.when === when && each.left > 0 && each.where(request))
    if (fault === undefined) return undefined
    fault.left -= 1
    return fault.answer()
  }

  /** From now on messages for which it holds are refused. */
  refuse(matches: ContentRule["matches"], error: ContentRule["error"]): void {
    this.rules.push({ matches, error })
  }

  refusalOf(message: JsonObject): GraphError | undefined {
    return this.rules.find(({ matches }) => matches(message))?.error()
  }

  override clear(): void {
    super.clear()
    this.planned = []
    this.rules = []
    this.fullFolders.clear()
  }
}
