import * as Duration from "effect/Duration"

import type { PaceLimit } from "./PaceLimit.ts"

/** How much of a published limit we use, as it is kept between runs. Times are milliseconds since 1970. */
export interface PaceRate {
  /** The published amount this was learnt under: another one begins anew. */
  readonly published: number
  /** What we allow ourselves in `per` of the limit. */
  readonly amount: number
  /** Since when nothing was refused and nothing changed. */
  readonly since: number
  /** What was spent since then. */
  readonly spent: number
  /** When a call was last refused over this limit, and what we allowed ourselves then. */
  readonly refused: { readonly at: number; readonly amount: number } | undefined
}

/** gmail.md, behaviour 7: other programs use the same account, and a minute of ours is not one of the service's. */
const usedShare = 0.9

/** So long without a refusal before more is tried: gmail.md, behaviour 7. */
const quiet = Duration.toMillis("10 minutes")

/** Each try is so much more: small enough that a refused one costs a minute and no more. */
const stepUp = 1.1

/** The bucket was the limit, and not our own slowness, when this share of it was used. */
const busyShare = 0.9

/** A rate that was refused is not tried again for so long: without this each quiet stretch would end in a refusal. */
const refusalCounts = Duration.toMillis("1 days")

/** What remains after a refusal within the published amount, and the least of that amount there ever is. */
const stepDown = 0.75
const leastShare = 0.25

/** Where a bucket begins of which nothing is known. */
export const firstRate = (limit: PaceLimit, now: number): PaceRate => ({
  published: limit.amount,
  amount: usedShare * limit.amount,
  since: now,
  spent: 0,
  refused: undefined
})

/** What was kept, where it is about this limit. */
export const knownRate = (limit: PaceLimit, kept: PaceRate | undefined, now: number): PaceRate =>
  kept?.published === limit.amount ? kept : firstRate(limit, now)

/**
 * The rate after something more was spent. It rises by a step when for ten minutes nothing was refused and the bucket was
 * what held us back; `alone` (nobody can see what others spend) never lets it rise above where it begins.
 */
export const spending = (
  limit: PaceLimit,
  kept: PaceRate | undefined,
  price: number,
  now: number,
  alone: boolean
): PaceRate => {
  const rate = knownRate(limit, kept, now)
  const most = usedShare * (alone ? limit.amount : Math.max(limit.amount, limit.amountAtMost))
  const amount = Math.min(rate.amount, most)
  const elapsed = now - rate.since
  // A clock that was set back makes it negative.
  if (elapsed >= 0 && elapsed < quiet) return { ...rate, amount, spent: rate.spent + price }
  const wasBusy = elapsed > 0 && rate.spent >= busyShare * amount * (elapsed / Duration.toMillis(limit.per))
  const next = Math.min(amount * stepUp, most)
  const isTooMuch =
    rate.refused !== undefined && now - rate.refused.at < refusalCounts && next >= rate.refused.amount
  return { ...rate, amount: wasBusy && !isTooMuch ? next : amount, since: now, spent: price }
}

/**
 * The rate after a call that began at `sentAt` was refused as too much. Back to where it began; from there or below it,
 * lower still, but never below a quarter of what is published. Calls that were refused together count as one.
 */
export const refusing = (
  limit: PaceLimit,
  kept: PaceRate | undefined,
  sentAt: number,
  now: number
): PaceRate => {
  const rate = knownRate(limit, kept, now)
  if (rate.refused !== undefined && sentAt <= rate.refused.at) return rate
  const first = usedShare * limit.amount
  const amount =
    rate.amount > first
      ? first
      : Math.min(rate.amount, Math.max(rate.amount * stepDown, leastShare * limit.amount))
  return { ...rate, amount, since: now, spent: 0, refused: { at: now, amount: rate.amount } }
}
