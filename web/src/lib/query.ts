import { keepPreviousData, QueryClient } from '@tanstack/react-query'
import { ApiError } from './api/errors'

export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The server may stand on this very machine: what the browser thinks of the internet decides nothing.
        networkMode: 'always',
        staleTime: 15_000,
        gcTime: 5 * 60_000,
        refetchOnWindowFocus: true,
        placeholderData: keepPreviousData,
        // A refusal stays a refusal; only a lost connection is worth another try.
        retry: (count, error) => count < 2 && error instanceof ApiError && error.status === 0,
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
}
