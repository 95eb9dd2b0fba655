using Kademlia.Admission;
using Kademlia.Identity;
using Kademlia.Messages;
using Kademlia.Routing;

namespace Kademlia.Core;

/// <summary>Decides who enters the routing table: nodes that answered us and proved their id, and nobody else.</summary>
/// <remarks>
/// A candidate is a node that answered one of our requests, or a stranger whose request carried a valid token. A full bucket
/// costs nobody a proof: the table is asked first whether it wants the candidate.
/// </remarks>
internal sealed class Newcomers(NodeCore core)
{
    /// <summary>So many candidates are examined at once; others come again.</summary>
    public const int MaxAdmissions = 64;

    /// <summary>So many candidates of one address group are examined at once, where groups are limited.</summary>
    public const int MaxAdmissionsPerGroup = 4;

    /// <summary>So many challenges are being signed at once; further ones are told to come later.</summary>
    public const int MaxProofs = 256;

    /// <summary>So many challengers are remembered while a join waits for them.</summary>
    private const int MaxChallengers = 256;

    /// <summary>So long a put waits for newcomers while it knows fewer than k.</summary>
    private static readonly TimeSpan ExaminationTime = TimeSpan.FromMilliseconds(500);

    private readonly HashSet<PeerEndPoint> _underWay = [];
    private readonly HashSet<Contact> _questioned = [];
    private readonly HashSet<NodeId> _challengers = [];
    private readonly List<CorePromise<bool>> _waiting = [];
    private CorePromise<bool>? _challenged;
    private int _knocking;
    private Contact[] _awaitedChallengers = [];
    private int _proofs;

    /// <summary>A request came whose sender receives where it came from.</summary>
    public void OnProvenAddress(in Envelope envelope, PeerEndPoint from)
    {
        Contact contact = new(envelope.Sender, from);
        if (envelope.Flags != SenderFlags.None)
        {
            core.Upkeep.OnLeaving(contact);
        }
        else if (core.OverlayOf(from)?.Table.TryGetByEndPoint(from, out Contact known) == true && known.Id != contact.Id)
        {
            Supersede(known, contact);
        }
        else
        {
            Consider(contact);
        }
    }

    /// <summary>Begins to admit a candidate, if the table wants it and its network has not cost us enough proofs lately.</summary>
    /// <param name="contact">The candidate.</param>
    /// <param name="isHearsay">Whether it is known from others' replies alone.</param>
    /// <param name="given">The token that it gave us for this.</param>
    public void Consider(Contact contact, bool isHearsay = false, AddressToken given = default)
    {
        if (_underWay.Count < (isHearsay ? MaxAdmissions / 2 : MaxAdmissions)
            && !core.Lifetime.IsCancelled
            && IsWanted(contact)
            && !IsGroupBusy(contact.EndPoint)
            && core.ProofLimits.TryAdmit(contact.EndPoint, MessageKind.Prove, proven: true, core.Now))
        {
            core.RunDetached(AdmitAsync(contact, isHearsay, given));
        }
    }

    /// <summary>Has a candidate answer and prove its id, and gives it to the table.</summary>
    public async CoreTask<bool> AdmitAsync(Contact contact, bool isHearsay, AddressToken given = default)
    {
        if (!_underWay.Add(contact.EndPoint))
        {
            return false;
        }

        _knocking += isHearsay ? 0 : 1;
        try
        {
            bool genuine = core.Peers.Find(contact.EndPoint) is { IsProven: true } known && known.Id == contact.Id
                ? await AnswersAsync(contact)
                : await ProvesAsync(contact, isHearsay, given);
            if (genuine)
            {
                Add(contact);
            }

            return genuine;
        }
        finally
        {
            _underWay.Remove(contact.EndPoint);
            _knocking -= isHearsay ? 0 : 1;
            LetIn();
        }
    }

    /// <summary>Waits until those are examined that have come or answered, or for a time: whoever put in a network of two would miss the other otherwise.</summary>
    public async CoreTask WhenExaminedAsync(CancelScope scope)
    {
        if (_knocking > 0)
        {
            CorePromise<bool> examined = new(core.Ready);
            LinkedListNode<Action> registration = scope.Add(() => examined.Break(new OperationCanceledException()));
            using CoreDeadline deadline = new(core, ExaminationTime, () => examined.Keep(false));
            _waiting.Add(examined);
            try
            {
                await examined;
            }
            finally
            {
                _waiting.Remove(examined);
            }

            scope.Remove(registration);
        }
    }

    /// <summary>A challenge to prove our id.</summary>
    public bool OnChallenge(in IncomingRequest request, in ProveRequest challenge)
    {
        ProofStatus status = _proofs >= MaxProofs
            ? ProofStatus.Busy
            : core.Proofs.Judge(challenge.Dialled, request.From, core.Now);
        if (status != ProofStatus.NotMyAddress && request.Envelope.Flags == SenderFlags.None)
        {
            Consider(new Contact(request.Envelope.Sender, request.From), isHearsay: false, challenge.Token);
        }

        if (status != ProofStatus.Signed)
        {
            core.Answers.ReplyProof(request, status, default);
            return true;
        }

        byte[] preimage = IdentityProof.Preimage(
            core.Options.Network, challenge.Nonce, request.Envelope.Sender, core.Id, challenge.Dialled);
        core.RunDetached(SignAsync(request, preimage));
        return true;
    }

    /// <summary>Forgets who has challenged us before.</summary>
    public void ForgetChallengers() => _challengers.Clear();

    /// <summary>Waits until each of these has challenged us, or for a time.</summary>
    public async CoreTask WaitForChallengersAsync(Contact[] contacts, TimeSpan atMost)
    {
        CorePromise<bool> challenged = new(core.Ready);
        _awaitedChallengers = contacts;
        _challenged = challenged;
        CheckChallengers();
        using CoreDeadline deadline = new(core, atMost, () => challenged.Keep(false));
        await challenged;
        _awaitedChallengers = [];
    }

    /// <summary>
    /// Where we know one, another speaks: a node may have been started anew. Only what the known one is asked for can show that; until it is asked,
    /// it would be referred to, and of those who start anew together none would hear of the others.
    /// </summary>
    private void Supersede(Contact known, Contact newcomer)
    {
        if (core.ProofLimits.TryAdmit(known.EndPoint, MessageKind.Prove, proven: true, core.Now) && _questioned.Add(known))
        {
            core.RunDetached(SupersedeAsync(known, newcomer));
        }
    }

    private async CoreTask SupersedeAsync(Contact known, Contact newcomer)
    {
        await QuestionAsync(known);
        Consider(newcomer);
    }

    private void LetIn()
    {
        if (_knocking == 0)
        {
            _waiting.ForEach(w => w.Keep(true));
            _waiting.Clear();
        }
    }

    private bool IsGroupBusy(PeerEndPoint endPoint)
    {
        AddressGroup group = AddressGroup.Of(endPoint);
        return AddressGroup.IsLimited(endPoint, core.Options.LimitLocalAddressGroups)
            && _underWay.Count(e => AddressGroup.Of(e) == group) >= MaxAdmissionsPerGroup;
    }

    private bool IsWanted(Contact contact)
    {
        RoutingTable? table = core.OverlayOf(contact.EndPoint)?.Table;
        return table is not null
            && contact.Id != core.Id
            && !table.Contains(contact)
            && table.Wants(contact)
            && !_underWay.Contains(contact.EndPoint);
    }

    private void Add(Contact contact)
    {
        RoutingTable table = core.OverlayOf(contact.EndPoint)!.Table;
        AddOutcome outcome = table.Add(contact, core.Now, out Contact questionable);
        if (outcome == AddOutcome.Added)
        {
            core.Upkeep.OnAdded(contact);
        }
        else if (questionable != default && _questioned.Add(questionable))
        {
            core.RunDetached(QuestionAsync(questionable));
        }
    }

    private async CoreTask<bool> AnswersAsync(Contact contact) =>
        await new PingOut(core, contact, core.LifetimeFor(Purpose.Admission)).Send() is not null;

    /// <summary>A contact stands in a newcomer's way: it stays if it answers.</summary>
    private async CoreTask QuestionAsync(Contact contact)
    {
        await AnswersAsync(contact);
        _questioned.Remove(contact);
    }

    private async CoreTask<bool> ProvesAsync(Contact contact, bool isHearsay, AddressToken given)
    {
        byte[] nonce = new byte[ProveRequest.NonceLength];
        core.NextBytes(nonce);
        Proof? proof = await new ProveOut(core, contact, nonce, core.LifetimeFor(Purpose.Admission))
        {
            IsHearsay = isHearsay,
            Given = given,
            MaxAttempts = isHearsay ? core.Options.LookupAttempts : core.Options.StoreAttempts,
        }.Send();
        if (proof is not { Status: ProofStatus.Signed } || proof.Sender != contact.Id)
        {
            return false;
        }

        byte[] preimage = IdentityProof.Preimage(core.Options.Network, nonce, core.Id, contact.Id, contact.EndPoint);
        SignatureScheme scheme = core.Signatures;
        int difficulty = core.Options.IdDifficulty;
        VerifyEffect effect = await core.Perform(new VerifyEffect(() =>
            proof.Algorithm == scheme.Algorithm
            && NodeIdentity.IdOf(proof.PublicKey) == contact.Id
            && NodeIdentity.MeetsDifficulty(contact.Id, difficulty)
            && scheme.Verify(proof.PublicKey, preimage, proof.Signature)));
        if (effect.IsGenuine)
        {
            core.Peers.Get(contact.EndPoint).OnProven(contact.Id);
        }

        return effect.IsGenuine;
    }

    private async CoreTask SignAsync(IncomingRequest request, byte[] preimage)
    {
        _proofs++;
        SignEffect effect = await core.Perform(new SignEffect(core.Identity, preimage));
        _proofs--;
        core.Answers.ReplyProof(request, ProofStatus.Signed, effect.Signature);
        if (_challengers.Count < MaxChallengers && _challengers.Add(request.Envelope.Sender))
        {
            CheckChallengers();
        }
    }

    private void CheckChallengers()
    {
        if (_challenged is not null && Array.TrueForAll(_awaitedChallengers, c => _challengers.Contains(c.Id)))
        {
            _challenged.Keep(true);
        }
    }
}
