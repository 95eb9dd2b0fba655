using Kademlia.Routing;

namespace Kademlia.Tests.Routing;

/// <summary>A table, and beside it what a naive observer remembers and demands of each step.</summary>
internal sealed class TableModel(RoutingTable table)
{
    public const int MaxFailures = 2;

    private readonly HashSet<Contact> _proven = [];
    private readonly Dictionary<Contact, (int Failures, int Answers)> _failing = [];
    private int _answers;

    public RoutingTable Table => table;

    public TimeSpan Now { get; private set; }

    public AddOutcome? Take(TableStep step)
    {
        Now += TimeSpan.FromSeconds(step.IdBits % 3);
        Contact[] before = table.ToArray();
        int limitsBefore = LimitsThatApply(before);
        AddOutcome? outcome = Apply(step);
        Contact[] after = table.ToArray();

        Assert.Null(table.FindFault());
        Assert.All(after, contact => Assert.Contains(contact, _proven));
        Assert.All(after, AssertFound);
        Assert.All(before.Except(after), contact => Assert.True(
            MayLeave(step, contact) || LimitsThatApply(after) > limitsBefore, $"{contact} left at {step}"));
        return outcome;
    }

    /// <summary>Whether a contact left unanswered what it was asked last.</summary>
    public bool IsFailing(Contact contact) => _failing.ContainsKey(contact);

    private AddOutcome? Apply(TableStep step)
    {
        Contact contact = step.Contact;
        switch (step.Kind)
        {
            case TableStepKind.Add:
                _answers++;
                _proven.Add(contact);
                return Add(contact);
            case TableStepKind.Reply:
                _answers++;
                bool known = table.Contains(contact);
                Assert.Equal(known, table.OnReply(contact, Now));
                _failing.Remove(contact);
                return null;
            case TableStepKind.Fail:
                (int failures, int answers) = _failing.GetValueOrDefault(contact, (0, _answers));
                _failing[contact] = (failures + 1, answers);
                table.OnFailure(contact, Now);
                return null;
            case TableStepKind.ChangeId:
                _answers++;
                bool another = table.TryGetByEndPoint(contact.EndPoint, out Contact holder) && holder.Id != contact.Id;
                Assert.Equal(another, table.OnIdChanged(contact.EndPoint, contact.Id, Now));
                Assert.False(another && table.Contains(holder));
                return null;
            default:
                bool wasThere = table.Contains(contact);
                Assert.Equal(wasThere, table.Remove(contact));
                Assert.False(table.Contains(contact));
                return null;
        }
    }

    private AddOutcome Add(Contact contact)
    {
        bool known = table.Contains(contact);
        AddOutcome outcome = table.Add(contact, Now, out Contact questionable);
        Assert.Equal(known, outcome == AddOutcome.Refreshed);
        Assert.Equal(known || outcome == AddOutcome.Added, table.Contains(contact));
        Assert.True(outcome != AddOutcome.Cached || table.Contains(questionable), $"cached behind {questionable}");
        _failing.Remove(contact);
        return outcome;
    }

    /// <summary>A contact may leave when the step is about it, or when it is stale and a newcomer wants its place.</summary>
    private bool MayLeave(TableStep step, Contact contact) => step.Kind switch
    {
        TableStepKind.Remove => contact == step.Contact,
        TableStepKind.ChangeId => contact.EndPoint == step.Contact.EndPoint && contact.Id != step.Contact.Id,
        TableStepKind.Fail => contact == step.Contact && IsStale(contact) && _failing[contact].Answers != _answers,
        TableStepKind.Add => IsStale(contact),
        _ => false,
    };

    private bool IsStale(Contact contact) => _failing.TryGetValue(contact, out (int Failures, int Answers) each) && each.Failures >= MaxFailures;

    private void AssertFound(Contact contact)
    {
        Assert.True(table.Contains(contact));
        Assert.True(table.TryGet(contact.Id, out Contact byId) && byId == contact);
        Assert.True(table.TryGetByEndPoint(contact.EndPoint, out Contact byEndPoint) && byEndPoint == contact);
    }

    /// <summary>How many kinds of limits apply: those on narrow groups, those on wide ones.</summary>
    private int LimitsThatApply(Contact[] contacts) =>
        (CountDistinct(contacts, AddressGroup.Of) >= table.BucketSize ? 1 : 0)
        + (CountDistinct(contacts.Where(contact => !contact.EndPoint.IsIPv4), AddressGroup.WideOf) >= table.BucketSize ? 1 : 0);

    private static int CountDistinct(IEnumerable<Contact> contacts, Func<PeerEndPoint, AddressGroup> groupOf) =>
        contacts.Select(contact => groupOf(contact.EndPoint)).Distinct().Count();
}
