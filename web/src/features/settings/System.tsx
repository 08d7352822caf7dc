import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useLiveState } from '@/lib/live'
import { systemQuery } from '@/lib/session'
import { Page, Panel } from '@/ui/Page'
import { QueryState } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import css from './settings.module.css'

/** What runs here. */
export function System() {
  const { t } = useTranslation()
  const live = useLiveState()
  const query = useQuery(systemQuery)
  return (
    <Page title={t('shell.settings.system')}>
      <Panel>
        <QueryState query={query}>
          {(s) => (
            <dl className={css.facts}>
              <dt>{t('settings.version')}</dt>
              <dd>{s.version}</dd>
              <dt>{t('settings.engine')}</dt>
              <dd>{s.engine === 'sqlite' ? 'SQLite' : 'PostgreSQL'}</dd>
              <dt>{t('settings.time_zone')}</dt>
              <dd>{s.time_zone}</dd>
              <dt>{t('settings.live')}</dt>
              <dd>
                <Tag tone={live === 'open' ? 'green' : 'amber'}>{t(`settings.live_state.${live}`)}</Tag>
              </dd>
              <dt>{t('settings.api_docs')}</dt>
              <dd>
                <a href="/docs" target="_blank" rel="noreferrer">
                  /docs
                </a>
              </dd>
            </dl>
          )}
        </QueryState>
      </Panel>
    </Page>
  )
}
