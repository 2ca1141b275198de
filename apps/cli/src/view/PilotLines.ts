import type { PilotStepName } from "@mailferry/core/RunEvent.ts"

import type { Paint } from "./Paint.ts"
import { harmless } from "./Wording.ts"

export interface PilotStep {
  readonly step: PilotStepName
  readonly ok: boolean
  readonly evidence: string
}

const claims: Readonly<Record<PilotStepName, string>> = {
  decrypted: "The source gives mail in clear",
  delivered: "The source delivers it",
  read: "mailferry read and recorded it",
  stored: "The destination stored it and gives it back"
}

/** One link of the chain, proven or not: `✓ The source delivers it: 48213 octets came over IMAP`. */
export const pilotLine = ({ evidence, ok, step }: PilotStep, paint: Paint): string =>
  `${ok ? paint.green("✓") : paint.red("✗")} ${claims[step]}: ${harmless(evidence)}`
