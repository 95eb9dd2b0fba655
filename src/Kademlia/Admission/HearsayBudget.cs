namespace Kademlia.Admission;

/// <summary>Bounds what is sent to addresses known from others' word alone, so that a liar's referrals cannot aim us at victims.</summary>
/// <remarks>
/// <para>
/// Every address group gets at most <see cref="BytesPerMinute"/> in any minute. Contacts that only one node named share
/// half of it, so that liars cannot use up what contacts named by two proven nodes need. Where group limits are off
/// (local addresses, by default) so is this budget.
/// </para>
/// <para>
/// Groups are hashed under a secret into a table of accounts; groups that meet in an account share its budget. So memory
/// is bounded and no group ever gets more than its budget, whatever is referred to; at worst a group gets less. That it
/// seldom does, the table doubles while the accounts are used to more than a thirty-second on average, up to
/// <see cref="MaxAccounts"/>: what it grows with is what we chose to send, not what strangers wish. A doubled account
/// passes its past on to both halves, so growing forgives nothing.
/// </para>
/// </remarks>
internal sealed class HearsayBudget(Random random, bool limitLocal)
{
    /// <summary>What one address group may be sent in any minute.</summary>
    public const int BytesPerMinute = 8 * 1024;

    /// <summary>The part of <see cref="BytesPerMinute"/> that contacts named by fewer than two proven nodes share.</summary>
    public const int UncorroboratedBytesPerMinute = BytesPerMinute / 2;

    /// <summary>The most accounts: 256 KiB, reached by 1 MiB a minute of requests to hearsay.</summary>
    public const int MaxAccounts = 8192;

    private const int InitialAccounts = 128;
    private const int BusyShare = 32;

    private readonly GroupHash _hash = new(random);
    private Account[] _accounts = [];
    private long _minute;
    private long _spentThisMinute;

    /// <summary>How many accounts there are now.</summary>
    public int Accounts => _accounts.Length;

    /// <summary>Spends bytes on a request to an address that has not answered us; false when its group's budget does not have them.</summary>
    /// <param name="destination">Where the request would go.</param>
    /// <param name="bytes">Its length, with everything.</param>
    /// <param name="corroborated">Whether two proven nodes, of different address groups, named the contact.</param>
    /// <param name="now">The time.</param>
    public bool TrySpend(PeerEndPoint destination, int bytes, bool corroborated, TimeSpan now)
    {
        if (!AddressGroup.IsLimited(destination, limitLocal))
        {
            return true;
        }

        GrowWhenBusy(now);
        ref Account account = ref _accounts[(int)(_hash.Of(destination) & (ulong)(_accounts.Length - 1))];
        bool affordable = account.CanSpend(bytes, corroborated, now);
        if (affordable)
        {
            account.Spend(bytes, corroborated, now);
            _spentThisMinute += bytes;
        }

        return affordable;
    }

    private void GrowWhenBusy(TimeSpan now)
    {
        long minute = now.Ticks / TimeSpan.TicksPerMinute;
        _spentThisMinute = minute == _minute ? _spentThisMinute : 0;
        _minute = minute;
        if (_accounts.Length == 0)
        {
            _accounts = new Account[InitialAccounts];
        }
        else if (_accounts.Length < MaxAccounts && _spentThisMinute > (long)_accounts.Length * BytesPerMinute / BusyShare)
        {
            _accounts = [.. _accounts, .. _accounts];
        }
    }

    private struct Account
    {
        private SlidingMinute _all;
        private SlidingMinute _uncorroborated;

        public readonly bool CanSpend(int bytes, bool corroborated, TimeSpan now) =>
            _all.SpentBy(now) + bytes <= BytesPerMinute
            && (corroborated || _uncorroborated.SpentBy(now) + bytes <= UncorroboratedBytesPerMinute);

        public void Spend(int bytes, bool corroborated, TimeSpan now)
        {
            _all.Spend(bytes, now);
            if (!corroborated)
            {
                _uncorroborated.Spend(bytes, now);
            }
        }
    }
}
