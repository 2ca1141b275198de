import * as Schema from "effect/Schema"

/** Nobody let us in, or nobody came. */
export class AuthorizationFailed extends Schema.TaggedError<AuthorizationFailed>(
  "mailferry/AuthorizationFailed"
)("AuthorizationFailed", {
  /** `cancelled`: the person said no. `refused`: the service did. `late`: nobody answered. `port`: no loopback port. */
  why: Schema.Literals(["cancelled", "refused", "late", "port"]),
  detail: Schema.String
}) {}
