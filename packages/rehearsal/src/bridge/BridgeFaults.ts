/** What goes wrong, and how often still. Switched by `RehearsalBridge`, consulted by the commands. */
export interface BridgeFaults {
  /** Proton ids whose literal cannot be loaded, and how many times more. */
  readonly fetchFailures: Map<string, number>
  /** Proton ids whose literal is cut in the middle, and how many times more. */
  readonly literalCuts: Map<string, number>
  /** So many logins are refused whatever their password. */
  loginRefusals: number
  /** Milliseconds before each command is looked at. */
  delay: number
  allMailHidden: boolean
  /** So many commands are still answered; the session that sends the next one is cut. */
  commandsLeft: number | undefined
}

export const noFaults = (): BridgeFaults => ({
  fetchFailures: new Map(),
  literalCuts: new Map(),
  loginRefusals: 0,
  delay: 0,
  allMailHidden: false,
  commandsLeft: undefined
})

/** Uses a fault up by one and says whether it strikes. */
export const strikes = (faults: Map<string, number>, id: string): boolean => {
  const left = faults.get(id) ?? 0
  if (left > 0) faults.set(id, left - 1)
  return left > 0
}
