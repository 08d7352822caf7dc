import { useTranslation } from 'react-i18next'

/** Names who did something: a person by name, the product itself in the reader's language. */
export function usePersonName(): (name: string) => string {
  const { t } = useTranslation()
  return (name) => (name === 'system' ? t('common.system') : name)
}
