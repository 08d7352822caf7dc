package channel

import "slices"

// Refusal is what a channel asks of a seller who refuses an after-sale case (拒绝售后、举证).
type Refusal struct {
	// BackOffice: there is no call for it, cases are refused in the channel's own back office.
	BackOffice bool
	// OnlyShipped: a refund of goods that have not left cannot be refused.
	OnlyShipped bool
	Proofs      []Proof
}

// Proof is something the channel wants to be shown or done.
type Proof struct {
	Kind  ProofKind
	Need  ProofNeed
	Cases []string // kinds of cases, in the words of Case; empty for all
}

// ProofKind says what.
type ProofKind string

const (
	ProofPicture     ProofKind = "picture"     // 图片凭证
	ProofVideo       ProofKind = "video"       // 视频凭证
	ProofShipping    ProofKind = "shipping"    // 发货凭证
	ProofNegotiation ProofKind = "negotiation" // 先与买家协商
)

// ProofNeed says when.
type ProofNeed string

const (
	ProofAlways   ProofNeed = "always"
	ProofByReason ProofNeed = "by_reason" // some of the channel's reasons ask for it
	ProofOptional ProofNeed = "optional"
)

// ProofsOf are the proofs for a kind of case.
func (r *Refusal) ProofsOf(kind string) []Proof {
	if r == nil {
		return nil
	}
	var out []Proof
	for _, p := range r.Proofs {
		if len(p.Cases) == 0 || slices.Contains(p.Cases, kind) {
			out = append(out, p)
		}
	}
	return out
}
