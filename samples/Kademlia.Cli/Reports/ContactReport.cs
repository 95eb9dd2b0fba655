namespace Kademlia.Cli.Reports;

/// <summary>A node and where it answers.</summary>
internal sealed record ContactReport(string Id, string EndPoint)
{
    public static ContactReport Of(Contact contact) => new(contact.Id.ToString(), contact.EndPoint.ToString());
}
