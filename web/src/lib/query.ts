import { keepPreviousData, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError } from './api/errors'

/** How often what could not be asked is asked again by itself, while somebody looks at it. */
const AGAIN_MS = 5000

/** The server was not reached: nothing was refused, so asking again is all there is to do. */
const lost = (error: unknown): boolean => error instanceof ApiError && error.status === 0

export function newQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      // A page nobody looks at asks when somebody does.
      onError: (error, { queryKey }) => {
        if (lost(error)) setTimeout(() => document.hidden || void client.refetchQueries({ queryKey, exact: true, type: 'active' }), AGAIN_MS)
      },
    }),
    defaultOptions: {
      queries: {
        // The server may stand on this very machine: what the browser thinks of the internet decides nothing.
        networkMode: 'always',
        staleTime: 15_000,
        gcTime: 5 * 60_000,
        refetchOnWindowFocus: true,
        // Off by default where the browser's opinion decides nothing; here it only makes the page ask sooner.
        refetchOnReconnect: true,
        placeholderData: keepPreviousData,
        // A refusal stays a refusal; only a lost connection is worth another try.
        retry: (count, error) => count < 2 && lost(error),
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
  return client
}
