using System.Reflection;

namespace Kademlia.Tests.Architecture;

/// <summary>Finds every type that a type mentions: in bases, fields, signatures, constraints, locals, handlers and code.</summary>
/// <remarks>
/// A called method counts with its declaring type, its parameters and what it returns, so that a discarded
/// <see cref="Task"/> shows too. Attributes do not count: they run nothing.
/// </remarks>
internal static class UseFinder
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.Static | BindingFlags.Instance;

    /// <summary>What one type mentions, without repetition. Nested types speak for themselves.</summary>
    public static IEnumerable<Use> UsesOf(Type type)
    {
        IEnumerable<(string Where, Type Used)> uses = TypesOfHeader(type).Select(used => ("its declaration", used));
        foreach (MemberInfo member in type.GetMembers(Declared).Where(m => m is FieldInfo or MethodBase))
        {
            uses = uses.Concat(TypesOf(member).Concat(TypesInBody(member)).Select(used => (NameOf(type, member), used)));
        }

        return uses.SelectMany(use => Parts(use.Used).Select(part => new Use(Outermost(type), use.Where, part))).Distinct();
    }

    /// <summary>The type that a person wrote around a nested or compiler-made one.</summary>
    public static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    /// <summary>The types in a member's signature, its declaring type among them.</summary>
    private static IEnumerable<Type> TypesOf(MemberInfo member) => member switch
    {
        Type type => [type],
        FieldInfo field => [field.FieldType, field.DeclaringType!],
        MethodBase method =>
        [
            .. method.GetParameters().Select(p => p.ParameterType),
            .. method is MethodInfo info ? [info.ReturnType] : Type.EmptyTypes,
            .. method.IsGenericMethod ? method.GetGenericArguments().SelectMany(Constrained) : [],
            .. method.DeclaringType is { } declaring ? [declaring] : Type.EmptyTypes,
        ],
        _ => [],
    };

    private static IEnumerable<Type> TypesOfHeader(Type type) =>
    [
        .. type.BaseType is { } parent ? [parent] : Type.EmptyTypes,
        .. type.GetInterfaces(),
        .. type.GetGenericArguments().SelectMany(Constrained),
    ];

    private static IEnumerable<Type> TypesInBody(MemberInfo member)
    {
        MethodBody? body = (member as MethodBase)?.GetMethodBody();
        return body is null
            ? []
            : body.LocalVariables.Select(local => local.LocalType)
                .Concat(body.ExceptionHandlingClauses
                    .Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause)
                    .Select(clause => clause.CatchType!))
                .Concat(Instructions.MembersNamedBy((MethodBase)member).SelectMany(TypesOf));
    }

    private static IEnumerable<Type> Constrained(Type argument) =>
        argument.IsGenericParameter ? argument.GetGenericParameterConstraints() : [argument];

    /// <summary>Takes <c>List&lt;Contact[]&gt;</c> apart into <c>List&lt;&gt;</c> and <c>Contact</c>.</summary>
    private static IEnumerable<Type> Parts(Type type) =>
        type.IsGenericParameter || type.IsFunctionPointer ? []
        : type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsConstructedGenericType ? [type.GetGenericTypeDefinition(), .. type.GetGenericArguments().SelectMany(Parts)]
        : [type];

    private static string NameOf(Type type, MemberInfo member) =>
        type.IsNested ? $"{type.Name}.{member.Name}" : member.Name;
}
