import { useRouter } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Empty, ErrorBox } from '@/ui/States'

/** An address that leads nowhere. */
export function NotFound() {
  const { t } = useTranslation()
  return (
    <Empty title={t('shell.not_found')}>
      <Button href="/">{t('shell.go_home')}</Button>
    </Empty>
  )
}

/** A page that broke: what the server said, and another try. */
export function PageError({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter()
  return (
    <div style={{ padding: 24 }}>
      <ErrorBox
        error={error}
        onRetry={() => {
          reset()
          void router.invalidate()
        }}
      />
    </div>
  )
}
