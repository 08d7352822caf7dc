export const MERGE_TABS = ['suggestions', 'prompts'] as const
export type MergeTab = (typeof MERGE_TABS)[number]
export interface MergeSearch {
  tab?: MergeTab
}
