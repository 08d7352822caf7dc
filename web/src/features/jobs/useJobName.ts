import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { Job } from '@/lib/api/contract'

/** What a job does, in the reader's language. */
export function useJobName(): (job: Pick<Job, 'kind'>) => string {
  const { t } = useTranslation()
  return useCallback((job) => t(`jobs.kind.${job.kind.replaceAll('.', '_')}`, { defaultValue: job.kind }), [t])
}

/** The kinds that people start, as the filter offers them. */
export const KINDS = ['channel.import_file', 'view.export', 'fulfillment.ship_file', 'fulfillment.allocate', 'fulfillment.bulk', 'order.bulk', 'aftersale.agree', 'catalog.import_file', 'inventory.import_file'] as const
