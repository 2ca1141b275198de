import { showPath } from "@mailferry/core/Mailbox.ts"
import type { RunEvent } from "@mailferry/core/RunEvent.ts"

import { forecastLine } from "./ForecastText.ts"
import type { Paint } from "./Paint.ts"
import { pilotLine } from "./PilotLines.ts"
import { count, counted, duration, harmless, octets } from "./Wording.ts"

/** The line that an event deserves of its own; most deserve none. */
export const milestone = (event: RunEvent, paint: Paint): string | undefined => {
  switch (event._tag) {
    case "Connected":
      return `Connected to the ${event.side}: ${harmless(event.account)} (${event.kind}).`
    case "SourceGrew":
      return `Mail is still arriving in ${harmless(showPath(event.mailbox))} at the source; listing it again.`
    case "MailboxRenamed":
      return `The destination would not have ${harmless(showPath(event.wanted))}: using ${harmless(showPath(event.path))} (${harmless(event.why)}).`
    case "Adopted":
      return event.messages === 0
        ? undefined
        : `${harmless(showPath(event.mailbox))}: ${counted(event.messages, "message")} there already, not copied again.`
    case "Settled":
      return `${harmless(showPath(event.mailbox))}: of what an earlier run left open, ${count(event.found)} had arrived and ${count(event.missing)} had not.`
    case "Planned":
      return `${counted(event.messages, "message")} in scope, ${count(event.toDo)} to carry over (${octets(event.bytes)}).`
    case "Forecast":
      return `${forecastLine(event.forecast)}.`
    case "PilotStep":
      return pilotLine(event, paint)
    case "Quarantined":
      return `${paint.yellow("!")} Set aside: ${harmless(event.subject ?? event.key)} (${event.why}: ${harmless(event.detail)})`
    case "MailboxSkipped":
      return `${paint.yellow("!")} ${harmless(showPath(event.mailbox))} is left out for now: ${harmless(event.detail)}`
    case "Paused":
      return `The ${event.side} asked for a pause of ${duration(event.forMillis / 1000)}: ${harmless(event.detail)}`
    case "Resumed":
      return `Going on with the ${event.side}.`
    case "LimitsForgotten":
      return `${paint.yellow("!")} ${event.file} cannot be used (${harmless(event.detail)}). This run keeps to the account's limits by itself and does not see jobs beside it; no mail is lost by that. Mend the file or move it away: the next run makes a new one.`
    case "MailboxListed":
    case "MailboxScanned":
    case "MessageDone":
    case "LabelDone":
    case "Retrying":
    case "Pacing":
    case "Stopping":
    case "Verifying":
      return undefined
  }
}
