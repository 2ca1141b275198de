/** A refusal of the token endpoint (RFC 6749, section 5.2). */
export class OAuthError extends Error {
  readonly status: number
  readonly error: string

  constructor(status: number, error: string, description: string) {
    super(description)
    this.status = status
    this.error = error
  }

  get body(): object {
    return { error: this.error, error_description: this.message }
  }
}

export const invalidGrant = (description: string): OAuthError =>
  new OAuthError(400, "invalid_grant", description)

export const invalidRequest = (description: string): OAuthError =>
  new OAuthError(400, "invalid_request", description)
