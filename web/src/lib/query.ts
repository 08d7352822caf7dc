import { keepPreviousData, QueryClient } from '@tanstack/react-query'
import { ApiError } from './api/errors'

export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        gcTime: 5 * 60_000,
        refetchOnWindowFocus: true,
        placeholderData: keepPreviousData,
        // A refusal stays a refusal; only a lost connection is worth another try.
        retry: (count, error) => count < 2 && error instanceof ApiError && error.status === 0,
      },
      mutations: { retry: false },
    },
  })
}
