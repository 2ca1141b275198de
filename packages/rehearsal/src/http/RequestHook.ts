import type { SeenRequest } from "./SeenRequest.ts"

/** What a hook does with a request: nothing, cut its connection, or answer instead of the server. */
export type HookAction =
  | "drop"
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  | undefined

/** `arrived`: its header was read. `committed`: what it asks for was done, and is not answered yet. */
export type HookPhase = "arrived" | "committed"

export type RequestHook = (request: SeenRequest, phase: HookPhase) => HookAction | Promise<HookAction>
