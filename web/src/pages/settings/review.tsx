import { ReviewRules } from '@/features/review/ReviewRules'

export default function ReviewRulesPage() {
  return <ReviewRules />
}
