import { useMutation, useQueryClient, type QueryKey, type UseMutationResult } from '@tanstack/react-query'
import { useRef } from 'react'
import { ApiError } from './api/errors'
import { newKey } from './api/key'

interface ActionOptions<In, Out> {
  /** Does the work; must hand `key` on as the Idempotency-Key. */
  run: (input: In, key: string) => Promise<Out>
  /** Queries that are stale once it succeeded. */
  invalidates?: QueryKey[]
  onSuccess?: (out: Out, input: In) => void
  onError?: (error: ApiError, input: In) => void
}

/**
 * A change on the server. When the answer was lost nobody knows whether the
 * server acted, so the same input is sent again under the same key; after a
 * definite answer the next try is a new intent with a new key.
 */
export function useAction<In, Out>(options: ActionOptions<In, Out>): UseMutationResult<Out, ApiError, In> {
  const client = useQueryClient()
  const held = useRef<{ input: string; key: string } | null>(null)
  return useMutation<Out, ApiError, In>({
    mutationFn: (input) => {
      const fingerprint = JSON.stringify(input) ?? ''
      if (held.current?.input !== fingerprint) held.current = { input: fingerprint, key: newKey() }
      return options.run(input, held.current.key)
    },
    onSuccess: async (out, input) => {
      held.current = null
      options.onSuccess?.(out, input)
      await Promise.all((options.invalidates ?? []).map((queryKey) => client.invalidateQueries({ queryKey })))
    },
    onError: (error, input) => {
      if (!(error instanceof ApiError) || !error.outcomeUnknown) held.current = null
      options.onError?.(error, input)
    },
  })
}
